import ArgumentParser
import AttuneCore
import AttuneEngine
import AttuneStore
import AttuneValues
import Foundation

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Writes a trial's changes as a schedule that can be edited, or runs the trial again with one.",
    discussion: """
      attune replay digits --trial 3 --output schedule.jsonl
      attune replay digits --trial 3 --run --schedule schedule.jsonl
      attune replay --check schedule.jsonl
      """)

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "The trial.")
  var trial: Int?
  @Option(name: .shortAndLong, help: "The file for the schedule (default: standard output).")
  var output: String?
  @Flag(
    name: .customLong("run"),
    help: "Run the trial's command by itself: same configuration, same seed, a fresh folder; then compare the reports.")
  var isRun = false
  @Option(help: "With --run: this schedule instead of the trial's own.")
  var schedule: String?
  @Option(help: "With --run: compare only this metric. May be given several times.")
  var metric: [String] = []
  @Option(help: "Only check a schedule; what is wrong is said with file and line.")
  var check: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var json: JSONOption

  func run() async throws {
    if let check {
      let changes = try Self.checked(check)
      return print(json.isJSON ? JSON.object(["changes": .int(changes.count)]).text : "\(check): \(changes.count) changes, nothing wrong")
    }
    guard schedule == nil || isRun else { throw Failure(.badInput, "--schedule needs --run; to check a file, --check FILE") }
    let (store, record) = try place.open(experiment)
    guard let trial else { throw Failure(.badInput, "which trial of '\(record.name)'? Add --trial N") }
    let line = try TrialLine(trial, of: record, in: store)
    for change in line.schedule.inexact {
      Failure.complain(
        "attune: \(Configuration(change.values)) took effect between step \(change.step) and the next; a replay sets it at the start of that step, "
          + "so what follows need not be equal to the last bit (variables that apply at steps are)")
    }
    if isRun, !line.schedule.restarted.isEmpty {
      Failure.complain(
        "attune: \(line.schedule.restarted.joined(separator: ", ")): changed by a restart in the trial's line, and no live variable; the replay keeps the first value"
      )
    }
    if isRun { return try await replay(line, of: record) }
    let text = ScheduleFile.text(line.schedule, head: line.head(of: record))
    guard let output else { return print(text, terminator: "") }
    do { try Data(text.utf8).write(to: URL(filePath: output), options: .atomic) } catch {
      throw Failure(.badInput, "\(output): cannot be written (\(error.localizedDescription))")
    }
    print(
      "\(line.schedule.changes.count) changes in \(output); `attune replay \(record.name) --trial \(trial) --run --schedule \(output)` runs them"
    )
  }

  private func replay(_ line: TrialLine, of record: ExperimentRecord) async throws {
    if let problem = CommandCheck.problem(with: record.definition.job) { throw Failure(.badInput, "\(problem.key): \(problem.complaint)") }
    let own = ScheduleFile.text(line.schedule, head: line.head(of: record))
    var text = own
    if let schedule {
      _ = try Self.checked(schedule)
      text = try Self.contents(of: schedule)
    }
    let isOwn = ScheduleFile.read(text, name: "").changes == ScheduleFile.read(own, name: "").changes
    let folder = place.workspace.folder(of: record.name)
    let replay = ReplayRun(
      record: record, trial: line.record, configuration: line.configuration, seed: line.seed, folder: Self.freshFolder(in: folder),
      inherited: folder.appending(path: "trials/\(line.root)/parent-checkpoint"), isQuiet: json.isJSON)
    let result = try await replay.run(schedule: text, until: line.lastStepOfAnUnfinishedRun)
    let report = ReplayReport(line: line, result: result, isOwnSchedule: isOwn, folder: replay.folder, metrics: metric)
    print(json.isJSON ? report.json.text : report.text)
    if isOwn, !report.isEqual { throw ExitCode(Status.failed.rawValue) }
  }

  private static func checked(_ path: String) throws -> [Change] {
    let (changes, problems) = ScheduleFile.read(try contents(of: path), name: path)
    guard problems.isEmpty else { throw Failure(.badInput, problems.joined(separator: "\n") + "\nnothing was started") }
    return changes
  }

  private static func contents(of path: String) throws -> String {
    do { return try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
      throw Failure(.badInput, "\(path): cannot be read as UTF-8 text (\(error.localizedDescription))")
    }
  }

  private static func freshFolder(in folder: URL) -> URL {
    let all = folder.appending(path: "replays")
    let taken = Set((try? FileManager.default.contentsOfDirectory(atPath: all.path)) ?? [])
    let number = (1...).first { !taken.contains("\($0)") } ?? 1
    return all.appending(path: "\(number)", directoryHint: .isDirectory)
  }
}

/// What came of a replay, for a person or a program.
struct ReplayReport {
  private let comparison: CurveComparison
  private let result: ReplayRun.Result
  private let isOwnSchedule: Bool
  private let folder: URL

  init(line: TrialLine, result: ReplayRun.Result, isOwnSchedule: Bool, folder: URL, metrics: [String]) {
    comparison = CurveComparison(recorded: line.curve, replayed: result.curve, metrics: metrics)
    self.result = result
    self.isOwnSchedule = isOwnSchedule
    self.folder = folder
  }

  /// Whether every recorded report came again.
  var isEqual: Bool { comparison.difference == nil && comparison.count > 0 }

  var text: String {
    var lines = ["\(comparison.equal) of \(comparison.count) reports equal to the last bit"]
    if let difference = comparison.difference { lines.append("the first that differs: \(difference)") }
    if comparison.count == 0 { lines.append("the trial has no reports to compare with") }
    if !isOwnSchedule { lines.append("the schedule is not the trial's own, so a difference is no fault") }
    if let ending = result.ending, ending.cause != .exited(status: 0) { lines.append("the script ended: \(ending.cause)") }
    lines.append("\(result.changes.count) changes took effect; files in \(folder.path)")
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "equal": .int(comparison.equal), "reports": .int(comparison.count), "difference": comparison.difference.map(JSON.string) ?? .null,
      "changes": .int(result.changes.count), "own_schedule": .bool(isOwnSchedule), "folder": .string(folder.path),
      "ending": result.ending.map { .string("\($0.cause)") } ?? .null,
    ]
  }
}
