#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The part of NVIDIA's library (NVML) that tells energy, where the driver is installed. Nothing is linked.
///
/// Names and signatures are those of NVIDIA's NVML API reference; 0 is success.
struct GraphicsDriver: Sendable {
  typealias Start = @convention(c) () -> Int32
  typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
  typealias ByIndex = @convention(c) (UInt32, UnsafeMutablePointer<OpaquePointer?>) -> Int32
  typealias ByName = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
  typealias Counter = @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt64>) -> Int32

  let start: Start
  let count: Count
  let byIndex: ByIndex
  let byName: ByName
  /// Millijoules since the driver was loaded; from the Volta generation on.
  let counter: Counter

  /// The installed one; `nil` where there is none.
  static var installed: GraphicsDriver? {
    guard let library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL) else { return nil }
    func function<Signature>(_ name: String, _: Signature.Type) -> Signature? {
      dlsym(library, name).map { unsafeBitCast($0, to: Signature.self) }
    }
    guard
      let start = function("nvmlInit_v2", Start.self), let count = function("nvmlDeviceGetCount_v2", Count.self),
      let byIndex = function("nvmlDeviceGetHandleByIndex_v2", ByIndex.self),
      let byName = function("nvmlDeviceGetHandleByUUID", ByName.self),
      let counter = function("nvmlDeviceGetTotalEnergyConsumption", Counter.self)
    else { return nil }
    return GraphicsDriver(start: start, count: count, byIndex: byIndex, byName: byName, counter: counter)
  }
}

/// The energy counters of NVIDIA's GPUs.
struct GraphicsEnergy: Sendable {
  /// A handle of the library's; it is valid until the process ends, in every thread.
  private struct Device: @unchecked Sendable {
    let handle: OpaquePointer
    let first: UInt64
    var last: UInt64
  }

  private let driver: GraphicsDriver
  private var devices: [Device] = []

  /// Begins to count. Takes tens of milliseconds where there are GPUs.
  /// - Parameters:
  ///   - visible: `CUDA_VISIBLE_DEVICES`; `nil` for all.
  ///   - driver: `nil` where none is installed.
  /// - Returns: `nil` when there is no GPU to count, or none that counts.
  init?(visible: String?, driver: GraphicsDriver? = .installed) {
    var total: UInt32 = 0
    guard let driver, driver.start() == 0, driver.count(&total) == 0 else { return nil }
    self.driver = driver
    for name in visible.map({ $0.split(separator: ",").map(String.init) }) ?? (0..<total).map(String.init) {
      var handle: OpaquePointer?
      let code = UInt32(name).map { driver.byIndex($0, &handle) } ?? driver.byName(name, &handle)
      // As CUDA does it: what comes behind a name that is none is not visible.
      guard code == 0, let handle else { break }
      var millijoules: UInt64 = 0
      if driver.counter(handle, &millijoules) == 0 { devices.append(Device(handle: handle, first: millijoules, last: millijoules)) }
    }
    if devices.isEmpty { return nil }
  }

  /// Joules since the beginning. A GPU that does not answer this time counts with what it said last.
  mutating func joules() -> Double {
    for index in devices.indices {
      var millijoules: UInt64 = 0
      if driver.counter(devices[index].handle, &millijoules) == 0 { devices[index].last = max(devices[index].last, millijoules) }
    }
    return devices.reduce(0) { $0 + Double($1.last - $1.first) / 1e3 }
  }
}
