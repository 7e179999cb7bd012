import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

@testable import AttuneCommand

/// What becomes a schedule of a trial's attempts, and of a file that a person has edited.
@Suite struct ScheduleTests {
  private typealias Row = TrialRecord.ChangeRow

  private func record(reports: [(Int, ClosedRange<Int>)], _ changes: [(Int, Change)]) throws -> TrialRecord {
    let rows = reports.flatMap { attempt, steps in
      steps.map { TrialRecord.ReportRow(attempt: attempt, Report(step: $0, metrics: ["loss": 1], elapsed: 1)) }
    }
    return TrialRecord(
      trial: TrialRow(number: 1, state: "completed", configuration: Configuration([:]), proposer: "random"),
      attempts: reports.map { TrialRecord.AttemptRow(number: $0.0, ending: nil, seconds: nil, cost: AttemptCost()) }, reports: rows,
      changes: changes.map { Row(attempt: $0.0, $0.1) })
  }

  private func lr(_ value: Double, at step: Int, _ more: [String: Value] = [:]) -> Change {
    Change(number: 1, step: step, values: ["lr": .float(value)].merging(more) { $1 }, by: "ann")
  }

  @Test func oneAttemptIsItsChanges() throws {
    let schedule = Schedule(try record(reports: [(1, 1...9)], [(1, lr(0.1, at: 2)), (1, lr(0.2, at: 5))]))
    #expect(schedule.changes.map(\.step) == [2, 5])
  }

  @Test func whatALaterAttemptDidTakesThePlaceOfWhatWasLost() throws {
    // Attempt 2 goes on from step 4: the value of step 6 is set again at step 6; that of step 8 is not, for it sets its own at 7.
    let changes = [
      (1, lr(0.1, at: 3)), (1, lr(0.2, at: 6)), (1, lr(0.3, at: 8, ["momentum": 0.9])), (2, lr(0.4, at: 7)),
    ]
    let schedule = Schedule(try record(reports: [(1, 1...9), (2, 5...12)], changes))
    #expect(schedule.changes.map(\.step) == [3, 6, 7, 8])
    #expect(schedule.changes.last?.values == ["momentum": 0.9])
  }

  @Test func whatTookEffectBetweenTwoStepsIsNotExact() throws {
    let immediate = Change(number: 2, step: 5, values: ["lr": 0.2], by: "ann", isImmediate: true)
    let schedule = Schedule(try record(reports: [(1, 1...9)], [(1, lr(0.1, at: 2)), (1, immediate)]))
    #expect(schedule.inexact.map(\.step) == [5])
    #expect(ScheduleFile.text(schedule, head: []).contains("\"immediate\":true"))
  }

  @Test func triggersAfterTheCheckpointAreLostWithTheirSteps() throws {
    func fire(_ tag: String, _ step: Int) -> Change { Change(number: 2, step: step, values: [:], trigger: tag, by: "ann") }
    let changes = [(1, fire("save", 3)), (1, fire("grow", 6)), (1, fire("attune.suspend", 4)), (2, fire("attune.pause", 8))]
    let schedule = Schedule(try record(reports: [(1, 1...9), (2, 5...12)], changes))
    #expect(schedule.changes.map(\.trigger) == ["save"])
    #expect(schedule.leftOut.map(\.change.trigger) == ["attune.suspend", "attune.pause"])
  }

  @Test func whatTheProgramDoesByItselfIsNotScheduled() throws {
    let own = Change(number: 0, step: 3, values: ["lr": 0.5], by: "program")
    let schedule = Schedule(try record(reports: [(1, 1...9)], [(1, own), (1, lr(0.1, at: 4))]))
    #expect(schedule.changes.map(\.step) == [4] && schedule.leftOut.count == 1)
  }

  @Test func aWrittenScheduleIsReadAsItWas() throws {
    let changes = [
      (1, lr(0.1 + 0.2, at: 0)),
      (1, Change(number: 4, step: 3, values: [:], trigger: "save", by: "ann", payload: "{\"a\":[1,2]}", reason: "a \"word\"\n")),
    ]
    let schedule = Schedule(try record(reports: [(1, 1...9)], changes))
    let read = ScheduleFile.read(ScheduleFile.text(schedule, head: ["x"]), name: "f")
    #expect(read.problems.isEmpty)
    #expect(read.changes.map(\.values) == schedule.changes.map(\.values))
    #expect(read.changes.last?.payload == "{\"a\":[1,2]}" && read.changes.last?.reason == "a \"word\"\n")
  }

  /// A line and what is said of it.
  static let wrongLines: [(String, String)] = [
    ("{", "no JSON object"), ("[1]", "no JSON object"), ("{\"values\":{\"lr\":1}}", "\"step\" is missing"),
    ("{\"step\":-1,\"values\":{\"lr\":1}}", "\"step\" is -1"), ("{\"step\":1.5,\"trigger\":\"save\"}", "\"step\" is 1.5"),
    ("{\"step\":1}", "neither"), ("{\"step\":1,\"values\":{}}", "at least one"), ("{\"step\":1,\"values\":{\"lr\":null}}", "'lr' = null"),
    ("{\"step\":1,\"values\":{\"lr\":[1]}}", "'lr' = [1]"), ("{\"step\":1,\"vales\":{\"lr\":1}}", "Did you mean 'values'?"),
    ("{\"step\":1,\"trigger\":\"a\",\"values\":{\"lr\":1}}", "write two lines"), ("{\"step\":1,\"trigger\":7}", "the name of one"),
  ]

  @Test(arguments: wrongLines)
  func aWrongLineIsNamed(line: String, expected: String) {
    let read = ScheduleFile.read("# head\n\n{\"step\":1,\"values\":{\"lr\":1}}\n\(line)\n", name: "s.jsonl")
    #expect(read.changes.count == 1 && read.problems.count == 1)
    #expect(read.problems.first?.hasPrefix("s.jsonl:4: ") == true && read.problems.first?.contains(expected) == true, "\(read.problems)")
  }

  @Test func aPayloadHasALimit() {
    let line = "{\"step\":1,\"trigger\":\"a\",\"payload\":\"\(String(repeating: "x", count: 70_000))\"}"
    #expect(ScheduleFile.read(line, name: "s").problems == ["s:1: \"payload\" has 70002 bytes; allowed are 65536"])
  }

  @Test func curvesAreComparedToTheLastBit() {
    func curve(_ values: [Double]) -> Curve {
      Curve(values.enumerated().map { TrialRecord.ReportRow(attempt: 1, Report(step: $0 + 1, metrics: ["loss": $1, "t": 0], elapsed: 0)) })
    }
    let recorded = curve([0.3, .nan, 1])
    #expect(CurveComparison(recorded: recorded, replayed: curve([0.3, .nan, 1, 2])).difference == nil)
    let other = CurveComparison(recorded: recorded, replayed: curve([0.1 + 0.2, .nan, 1]))
    #expect(other.equal == 2 && other.count == 3)
    #expect(other.difference == "step 1: loss is 0.3 in the record and 0.30000000000000004 in the replay")
    #expect(CurveComparison(recorded: recorded, replayed: curve([1, 1]), metrics: ["t"]).difference?.contains("step 3") == true)
  }
}
