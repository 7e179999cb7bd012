import AttuneMath
import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

/// Whatever is changed and fired at steps, a replay of the record does again, and leaves the same record.
@Suite struct ReplayTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// What a program that is changed at random sees, step by step, and its record.
  private func run(_ name: String, replaying record: String? = nil, changes: (TestProgram, Int) throws -> Void) throws -> (
    seen: [String], record: [ChangeNotice]
  ) {
    var variables = ["ATTUNE_RECORD": "\(directory.path)/\(name)"]
    if let record { variables["ATTUNE_REPLAY"] = "\(directory.path)/\(record)" }
    let program = try TestProgram(directory, name: name, variables)
    let registry = program.registry
    let rate = LiveVariable("rate", 0.5, in: 0...1, applies: .atStep, registry: registry)
    let depth = LiveVariable("depth", 1, applies: .atStep, registry: registry)
    let solver = LiveVariable("solver", "sgd", choices: ["sgd", "adam"], applies: .atStep, registry: registry)
    let save = LiveTrigger("save", registry: registry)
    let count = LiveTrigger("count", counted: true, registry: registry)
    var seen: [String] = []
    for step in 1...40 {
      try changes(program, step - 1)
      registry.report(step: step, [:])
      var line = "\(rate().bitPattern) \(depth()) \(solver()) \(save.take().map { "\($0.payload?.text ?? "")" } ?? "-")"
      while let firing = count.take() { line += " \(firing.payload?.text ?? "")" }
      if step.isMultiple(of: 7) { try depth.set(step) }
      seen.append(line)
    }
    #expect(program.warnings.all.isEmpty)
    let lines = directory.read(name).split(separator: "\n")
    return (seen, try lines.map { try ChangeNotice(json: JSON(parsing: String($0))) })
  }

  private func ask(_ program: TestProgram, at step: Int, _ random: inout RandomStream) throws {
    let client = try program.client()
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let when = Bool.random(using: &random) ? nil : step + Int.random(in: 0...4, using: &random)
      let circumstances = Circumstances(atStep: when, reason: Bool.random(using: &random) ? "why" : nil, by: "ann")
      let request: (String, JSON) =
        switch Int.random(in: 0..<6, using: &random) {
        case 0: (LiveMethod.setVariables, SetRequest(values: ["rate": .float(.random(in: 0...1, using: &random))], circumstances).json)
        case 1: (LiveMethod.setVariables, SetRequest(values: ["rate": 1, "depth": .int(step)], circumstances).json)
        case 2: (LiveMethod.setVariables, SetRequest(values: ["solver": "adam", "depth": 3], circumstances).json)
        case 3: (LiveMethod.fireTrigger, FireRequest(trigger: "save", payload: .int(step), circumstances).json)
        case 4: (LiveMethod.fireTrigger, FireRequest(trigger: "count", payload: .int(step), circumstances).json)
        default: (LiveMethod.fireTrigger, FireRequest(trigger: "count", circumstances).json)
        }
      _ = try client.request(request.0, request.1)
    }
  }

  @Test(arguments: 0..<12)
  func replayOfARecordGivesTheSameRecord(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "replay", index: 0)
    let first = try run("first") { program, step in try ask(program, at: step, &random) }
    let second = try run("second", replaying: "first") { _, _ in }
    let third = try run("third", replaying: "second") { _, _ in }
    #expect(first.seen == second.seen, "seed \(seed)")
    #expect(second.seen == third.seen, "seed \(seed)")
    #expect(first.record.map(\.comparable) == second.record.map(\.comparable), "seed \(seed)")
    #expect(second.record.map(\.comparable) == third.record.map(\.comparable), "seed \(seed)")
    #expect(!first.record.isEmpty)
  }

  @Test func changesWithinAStepAreMarked() throws {
    let program = try TestProgram(directory, ["ATTUNE_RECORD": "\(directory.path)/record"])
    let rate = LiveVariable("rate", 0.5, registry: program.registry)
    program.registry.step(1)
    _ = try program.client().request(LiveMethod.setVariables, SetRequest(values: ["rate": 0.7]).json)
    try rate.set(0.8)
    _ = try program.client().request(LiveMethod.setVariables, SetRequest(values: ["rate": 0.9], Circumstances(atStep: 2)).json)
    program.registry.step(2)
    let changes = try program.changes(3)
    #expect(changes.map(\.isImmediate) == [true, false, false])
    #expect(directory.read("record").split(separator: "\n").map { $0.contains(#""immediate":true"#) } == [true, false, false])
  }
}

extension ChangeNotice {
  /// Without what a replay does not give again.
  fileprivate var comparable: ChangeNotice {
    var copy = self
    (copy.n, copy.number, copy.time) = (0, 0, 0)
    return copy
  }
}
