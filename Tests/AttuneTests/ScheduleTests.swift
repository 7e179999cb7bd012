import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct ScheduleTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func program(schedule: String, _ more: [String: String] = [:]) throws -> TestProgram {
    var variables = more
    variables["ATTUNE_REPLAY"] = directory.write(schedule, to: "schedule")
    variables["ATTUNE_RECORD"] = "\(directory.path)/record"
    return try TestProgram(directory, variables)
  }

  private func recorded() throws -> [ChangeNotice] {
    try directory.read("record").split(separator: "\n").map { try ChangeNotice(json: JSON(parsing: String($0))) }
  }

  static let written = """
    # a comment, and a blank line

    {"step":4,"values":{"depth":4,"rate":0.4}}
    {"step":0,"values":{"rate":0.2},"by":"ann","reason":"warm"}
    {"step":2,"trigger":"save","payload":{"k":1}}
      {"step":2,"trigger":"save"}
    {"step":3,"trigger":"attune.pause"}
    {"step":9,"values":{"rate":0.9},"n":4,"number":7,"time":1.5}
    {"step":5,"values":{"rate":0.7},"number":0,"by":"program"}
    """

  @Test func linesTakeEffectAtTheirSteps() throws {
    let program = try program(schedule: Self.written)
    let registry = program.registry
    let rate = LiveVariable("rate", 0.1, registry: registry)
    let depth = LiveVariable("depth", 1, applies: .atStep, registry: registry)
    let save = LiveTrigger("save", counted: true, registry: registry)
    #expect(rate() == 0.2)
    var seen: [[Double]] = []
    var saved: [Int] = []
    for step in [1, 2, 3, 4, 5, 12] {
      registry.report(step: step, [:])
      seen.append([rate(), Double(depth())])
      while save.fired() { saved.append(step) }
    }
    #expect(seen == [[0.2, 1], [0.2, 1], [0.2, 1], [0.4, 4], [0.4, 4], [0.9, 4]])
    #expect(saved == [2, 2])
    let changes = try recorded()
    #expect(changes.map(\.step) == [0, 2, 2, 4, 12])
    #expect(changes.map(\.by) == ["ann", "schedule", "schedule", "schedule", "schedule"])
    #expect(changes.allSatisfy { $0.number == 0 && !$0.isImmediate })
    #expect(changes[0].reason == "warm" && changes[1].payload == ["k": 1])
    #expect(program.warnings.all.isEmpty)
    let isWaiting = registry.isWaitingForSteps.load(ordering: .relaxed)
    #expect(!isWaiting)
  }

  @Test func lineThatDoesNotFitIsToldAndPassedOver() throws {
    let lines = """
      {"step":1,"values":{"rate":5}}
      {"step":-1,"values":{"rate":0.5}}
      nonsense
      {"step":2,"values":{"rate":0.5,"batch":33}}
      {"step":2,"values":{"batch":40}}
      {"step":3,"values":{"rte":0.5}}
      {"step":3,"trigger":"sav"}
      """
    let program = try program(schedule: lines)
    let path = "\(directory.path)/schedule"
    let rate = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    let batch = LiveVariable("batch", 32, registry: program.registry) { $0.isMultiple(of: 8) ? nil : "it must be a multiple of 8" }
    for step in 1...5 { program.registry.step(step) }
    #expect(rate() == 0.1)
    #expect(batch() == 40)
    let form = #"allowed {"step":5,"values":{"lr":0.1}} or {"step":5,"trigger":"save"}, steps from 0. The rest of the schedule goes on."#
    let later = "Nothing was changed. The line takes effect when that is declared. The rest of the schedule goes on."
    #expect(
      program.warnings.all == [
        #"ATTUNE_REPLAY: '\#(path)' line 2: {"step":-1,"values":{"rate":0.5}} refused: \#(form)"#,
        "ATTUNE_REPLAY: '\(path)' line 3: nonsense refused: \(form)",
        "ATTUNE_REPLAY: '\(path)' line 1: 'rate' = 5 refused: allowed 0.0...1.0. The program keeps 0.1. The rest of the schedule goes on.",
        "ATTUNE_REPLAY: '\(path)' line 4: 'batch' = 33 refused: it must be a multiple of 8. The program keeps 32."
          + " The rest of the schedule goes on.",
        "ATTUNE_REPLAY: '\(path)' line 6: unknown variable 'rte': the program has rate, batch. \(later)",
        "ATTUNE_REPLAY: '\(path)' line 7: unknown trigger 'sav': the program has none. \(later)",
      ])
  }

  @Test func whatIsDeclaredLateGetsItsLinesLate() throws {
    let program = try program(schedule: #"{"step":1,"values":{"rate":0.5,"depth":2}}"# + "\n" + #"{"step":2,"trigger":"save"}"#)
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    program.registry.step(3)
    #expect(rate() == 0.1, "all of a line or none")
    let depth = LiveVariable("depth", 1, registry: program.registry)
    let save = LiveTrigger("save", registry: program.registry)
    #expect(rate() == 0.5 && depth() == 2 && save.fired())
    #expect(try recorded().map(\.step) == [3, 3])
  }

  @Test func whatAnEarlierAttemptHasDoneIsNotDoneAgain() throws {
    // The schedule sets 0.5 at 2 and suspends at 4; at 3 a person has set 0.7. Then the program was suspended.
    let schedule = """
      {"step":2,"values":{"rate":0.5}}
      {"step":4,"trigger":"attune.suspend"}
      {"step":6,"values":{"rate":0.9}}
      """
    let done = """
      {"number":0,"step":2,"values":{"rate":0.5},"by":"schedule"}
      {"number":1,"step":3,"values":{"rate":0.7},"by":"ann"}
      {"number":0,"step":4,"trigger":"attune.suspend","by":"schedule"}
      """
    let program = try program(
      schedule: schedule, ["ATTUNE_CHANGES": directory.write(done, to: "changes"), "ATTUNE_RESUME": "1"])
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    let suspend = LiveTrigger("attune.suspend", registry: program.registry)
    program.registry.step(4)
    #expect(rate() == 0.7 && !suspend.fired())
    program.registry.step(6)
    #expect(rate() == 0.9)
    #expect(try recorded().map(\.step) == [6])
  }

  @Test func unreadableScheduleIsTold() throws {
    let program = try TestProgram(directory, ["ATTUNE_REPLAY": "\(directory.path)/none"])
    #expect(program.warnings.all == ["ATTUNE_REPLAY: cannot read '\(directory.path)/none'. The program runs without its schedule."])
  }
}
