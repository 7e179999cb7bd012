#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Synchronization
import Testing

@Suite struct LedgerTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func lines(of name: String) throws -> [JSON] {
    try directory.read(name).split(separator: "\n").map { try JSON(parsing: String($0)) }
  }

  @Test func firstReportTellsTheWarmUp() throws {
    let program = try TestProgram(directory, ["ATTUNE_LEDGER": "\(directory.path)/ledger"])
    let client = try {
      _ = LiveTrigger("save", registry: program.registry)
      return try program.client()
    }()
    let before = try ProgramIdentity(json: client.request(LiveMethod.hello))
    #expect(before.warmup == nil)
    let began = try #require(before.began)
    #expect(began > 1_600_000_000 && began <= wallClockSeconds())
    program.registry.report(step: 1, ["loss": 1])
    program.registry.report(step: 2, ["loss": 1])
    let warmup = try #require(ProgramIdentity(json: client.request(LiveMethod.hello)).warmup)
    #expect(abs(wallClockSeconds() - warmup - began) < 60, "the report has just been")
    _ = try client.request(LiveMethod.subscribeToReports)
    let reports = try (1...2).map { _ in try ReportNotice(json: client.notification(within: .seconds(20)).parameters) }
    #expect(reports.map(\.warmup) == [warmup, nil])

    #expect(try lines(of: "ledger").map { $0["warmup"]?.double } == [warmup], "who is killed has left it")
    program.registry.finish()
    program.registry.finish()
    let ledger = try lines(of: "ledger")
    #expect(ledger.count == 2)
    #expect(ledger.allSatisfy { $0["pid"]?.int == processID && $0["warmup"]?.double == warmup })
    #expect(try LedgerNotice(json: ledger[1]).elapsed >= warmup)
  }

  @Test func ledgerIsTheLastWord() throws {
    let hub = try TestHub(at: directory.socket("hub"))
    let program = try TestProgram(directory, ["ATTUNE_SOCKET": directory.socket("hub").description])
    program.registry.report(step: 1, ["loss": 1])
    _ = try hub.reports(1)
    try hub.acknowledge(1)
    program.registry.finish(within: .seconds(20))
    let told = try hub.wait(1) { message in
      if case .notification(LiveMethod.ledger, let parameters) = message { try? LedgerNotice(json: parameters) } else { nil }
    }
    #expect(told.count == 1 && told[0].warmup != nil)
  }

  /// A machine with a package whose counter runs over at 1,000 µJ, its zone of cores, and the platform that has them all.
  private func powercap(_ microjoules: Int) -> String {
    let counters = ["intel-rapl:0": ("package-0", microjoules), "intel-rapl:0:0": ("core", 1), "intel-rapl:1": ("psys", 1)]
    for (zone, (name, value)) in counters {
      mkdir("\(directory.path)/\(zone)", 0o700)
      _ = directory.write("\(name)\n", to: "\(zone)/name")
      _ = directory.write("\(value)\n", to: "\(zone)/energy_uj")
      _ = directory.write("1000\n", to: "\(zone)/max_energy_range_uj")
    }
    return directory.path
  }

  private func removePowercap() {
    for zone in ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"] {
      for name in ["name", "energy_uj", "max_energy_range_uj"] { unlink("\(directory.path)/\(zone)/\(name)") }
      rmdir("\(directory.path)/\(zone)")
    }
  }

  @Test func packagesAreCountedOnceAndThroughTheirEnd() throws {
    defer { removePowercap() }
    let meter = EnergyMeter(powercap: powercap(900))
    meter.begin(visibleGPUs: "")
    #expect(meter.runsOver)
    #expect(meter.read() == Energy(joules: 0, source: "rapl"))
    _ = powercap(950)
    #expect(meter.read()?.joules == 50e-6)
    _ = powercap(25)
    #expect(meter.read()?.joules == 125e-6)
    unlink("\(directory.path)/intel-rapl:0/energy_uj")
    #expect(meter.read()?.joules == 125e-6)
    _ = powercap(30)
    #expect(meter.read()?.joules == 130e-6)
  }

  /// Two GPUs; the second is also called GPU-b, and each question finds that it has used 500 mJ more.
  private static let driver = GraphicsDriver(
    start: { 0 },
    count: { pointer in
      pointer.pointee = 2
      return 0
    },
    byIndex: { index, handle in
      handle.pointee = OpaquePointer(bitPattern: Int(index) + 1)
      return index < 2 ? 0 : 2
    },
    byName: { name, handle in
      handle.pointee = OpaquePointer(bitPattern: 2)
      return String(cString: name) == "GPU-b" ? 0 : 6
    },
    counter: { handle, millijoules in
      if handle == OpaquePointer(bitPattern: 1) {
        millijoules.pointee = UInt64(firstCounter.add(500, ordering: .relaxed).newValue)
      } else {
        millijoules.pointee = UInt64(secondCounter.add(500, ordering: .relaxed).newValue)
      }
      return 0
    })

  @Test func graphicsThatTheProgramMayUseAreCounted() throws {
    for (visible, gpus) in [(nil, 2), ("0", 1), ("GPU-b", 1), ("1,0", 2), ("0,7,1", 1)] as [(String?, Int)] {
      var energy = try #require(GraphicsEnergy(visible: visible, driver: Self.driver))
      #expect(energy.joules() == 0.5 * Double(gpus), "\(visible ?? "all")")
      #expect(energy.joules() == 1.0 * Double(gpus))
    }
    for visible in ["", "-1", "none"] {
      let energy = GraphicsEnergy(visible: visible, driver: Self.driver)
      let isThere = energy != nil
      #expect(!isThere, "\(visible)")
    }
  }

  @Test func whatCannotBeMeasuredIsAbsent() throws {
    let meter = EnergyMeter(powercap: directory.path)
    #expect(meter.read() == nil)
    meter.begin(visibleGPUs: "")
    #expect(meter.read() == nil && !meter.runsOver)
  }
}

private let firstCounter = Atomic<Int>(1_000_000)
private let secondCounter = Atomic<Int>(0)
