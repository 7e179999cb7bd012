#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The energy counters of NVIDIA's GPUs, through the driver's own library (NVML) where it is installed. Nothing is linked.
///
/// Functions and numbers are those of NVIDIA's NVML API reference; the counter is there from the Volta generation on.
struct GraphicsEnergy: Sendable {
  private typealias NoArgument = @convention(c) () -> Int32
  private typealias ByIndex = @convention(c) (UInt32, UnsafeMutablePointer<OpaquePointer?>) -> Int32
  private typealias ByName = @convention(c) (UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Int32
  private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
  private typealias Counter = @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt64>) -> Int32

  /// A handle of the library's; it is valid until the process ends, in every thread.
  private struct Device: @unchecked Sendable {
    let handle: OpaquePointer
    var first: UInt64
    var last: UInt64
  }

  private let counter: Counter
  private var devices: [Device] = []

  /// Begins to count. Takes tens of milliseconds where there are GPUs.
  /// - Parameter visible: `CUDA_VISIBLE_DEVICES`; `nil` for all.
  /// - Returns: `nil` when there is no library, no GPU to count, or none that counts.
  init?(visible: String?) {
    guard let library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL) else { return nil }
    func function<Signature>(_ name: String, _: Signature.Type) -> Signature? {
      dlsym(library, name).map { unsafeBitCast($0, to: Signature.self) }
    }
    guard
      let start = function("nvmlInit_v2", NoArgument.self), let count = function("nvmlDeviceGetCount_v2", Count.self),
      let byIndex = function("nvmlDeviceGetHandleByIndex_v2", ByIndex.self),
      let byName = function("nvmlDeviceGetHandleByUUID", ByName.self),
      let counter = function("nvmlDeviceGetTotalEnergyConsumption", Counter.self), start() == 0
    else { return nil }
    self.counter = counter
    var total: UInt32 = 0
    guard count(&total) == 0 else { return nil }
    for name in visible.map({ $0.split(separator: ",").map(String.init) }) ?? (0..<total).map(String.init) {
      var handle: OpaquePointer?
      let code = UInt32(name).map { byIndex($0, &handle) } ?? byName(name, &handle)
      // As CUDA does it: what comes behind a name that is none is not visible.
      guard code == 0, let handle else { break }
      var millijoules: UInt64 = 0
      if counter(handle, &millijoules) == 0 { devices.append(Device(handle: handle, first: millijoules, last: millijoules)) }
    }
    if devices.isEmpty { return nil }
  }

  /// Joules since the beginning. A GPU that does not answer this time counts with what it said last.
  mutating func joules() -> Double {
    for index in devices.indices {
      var millijoules: UInt64 = 0
      if counter(devices[index].handle, &millijoules) == 0 { devices[index].last = max(devices[index].last, millijoules) }
    }
    return devices.reduce(0) { $0 + Double($1.last - $1.first) / 1e3 }
  }
}
