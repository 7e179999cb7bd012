import AttuneCore
import AttuneWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An attempt that has not been settled: what can be seen of it, as opposed to what the ledger keeps.
final class RunningAttempt {
  let id: AttemptID
  let files: AttemptFiles
  let token: String
  /// Of the system's monotonic clock, in nanoseconds.
  let started: Int
  /// The supervisor; `nil` as long as it is not found, or when it was gone before.
  var process: ProcessHandle?
  var isAskedToEnd = false
  /// Whether its processes run, and what the supervisor has been told about that.
  var pace = Pace.running
  var frozenTimes: FrozenTimes
  /// When it was asked to give up its slot, by the same clock; `nil` when that was answered, or nobody asked.
  var suspendOrdered: Int?
  /// The number of the supervisor's last word about it.
  var paceNumber = 0
  /// Whether the supervisor is gone.
  var isEnded = false
  var output: LogTail
  var errors: LogTail
  /// Of the last report.
  var step: Int
  var complaints = 0
  /// The trial's checkpoint directory, as it was at the last report.
  var checkpoint: CheckpointWatch
  var programs: [Peer: ConnectedProgram] = [:]
  /// Changes without an answer, by number.
  var changes: [Int: PendingChange] = [:]

  init(_ id: AttemptID, _ record: ProtoAttemptRecord) {
    self.id = id
    files = AttemptFiles(directory: record.directory)
    token = record.token
    started = Int(record.startedNanoseconds)
    output = LogTail(path: files.output, offset: Int(record.outputOffset))
    errors = LogTail(path: files.errors, offset: Int(record.errorsOffset))
    step = Int(record.step)
    frozenTimes = FrozenTimes(record.frozen)
    suspendOrdered = record.suspendOrderedNanoseconds > 0 ? Int(record.suspendOrderedNanoseconds) : nil
    if frozenTimes.isFrozen { pace = .frozen }
    checkpoint = CheckpointWatch(
      directory: files.checkpoint, elapsed: max(0, Double(monotonicNanoseconds() - Int(record.startedNanoseconds)) / 1e9))
  }

  /// The supervisor's process id, as it wrote it down; 0 before that.
  var supervisor: pid_t { LockFile.text(files.lock).split(separator: "\n").first.flatMap { pid_t(String($0)) } ?? 0 }

  /// Seconds since it was started.
  var age: Double { max(0, Double(monotonicNanoseconds() - started) / 1e9) }

  /// Those of them in which it was not stopped by a signal.
  var elapsed: Double { active(at: age) }

  /// - Parameter age: seconds since it was started.
  func active(at age: Double) -> Double { max(0, age - frozenTimes.seconds(until: started + Int(age * 1e9))) }
}

/// What an attempt's processes do, or are about to.
enum Pace {
  case running, freezing, frozen, thawing
}

/// A program of an attempt that has greeted.
struct ConnectedProgram {
  let pid: Int
  let name: String
  /// Of the last report and the last change that it told, kept or about to be kept.
  var report: Int
  var change: Int
  /// Seconds from the attempt's start to the start of the program's own clock; `nil` before its first report.
  var clockStart: Double?
  var declaration = Declaration(variables: [], triggers: [])
}

/// A change that the program has not answered yet.
struct PendingChange {
  let order: ProtoChangeOrder
  /// The program it was handed to; `nil` while there was none.
  var peer: Peer?
}

/// Where the files of an attempt are.
struct AttemptFiles {
  /// Bytes that the supervisor finds taken for its last word.
  static let exitRoom = 4096

  /// `<root>/trials/<n>/attempts/<k>`.
  let directory: String

  var configuration: String { directory + "/config.json" }
  var output: String { directory + "/stdout.log" }
  var errors: String { directory + "/stderr.log" }
  var exit: String { directory + "/exit.json" }
  /// The supervisor writes into it, and renames it at the end.
  var exitDraft: String { exit + ".draft" }
  var lock: String { directory + "/supervisor.lock" }
  var record: String { directory + "/record.jsonl" }
  var changes: String { directory + "/changes.jsonl" }
  /// What programs reported when there was no agent until their end.
  var leftReports: String { directory + "/reports.jsonl" }
  /// What programs measured of themselves.
  var costs: String { directory + "/ledger.jsonl" }
  /// The supervisor's word on whether the processes are stopped.
  var pace: String { directory + "/pace.json" }
  /// The trial's own, shared by its attempts.
  var checkpoint: String { trial + "/checkpoint" }
  /// The trial's snapshots; there is more than one only while the next is being completed.
  var snapshots: String { trial + "/snapshots" }
  /// Of this attempt's processes, called by its number.
  var snapshot: String { snapshots + "/" + (directory.split(separator: "/").last.map(String.init) ?? "0") }
  /// Two folders up.
  private var trial: String { directory.split(separator: "/").dropLast(2).map { "/" + $0 }.joined() }

  init(directory: String) { self.directory = directory }

  init(_ attempt: AttemptID, in trials: String) { directory = "\(trials)/\(attempt.trial)/attempts/\(attempt.number)" }

  /// The trial's own, shared by its attempts.
  static func checkpoint(_ attempt: AttemptID, in trials: String) -> String { checkpoint(of: attempt.trial, in: trials) }
  /// - Parameter inherited: the copy of its parent's, which it began with, instead of its own.
  static func checkpoint(of trial: TrialID, inherited: Bool = false, in trials: String) -> String {
    "\(trials)/\(trial)/\(inherited ? "parent-checkpoint" : "checkpoint")"
  }

  /// The last lines of the errors, or of the output when there are none.
  var tail: String {
    let lines = Files.tail(of: errors)
    return lines.isEmpty ? Files.tail(of: output) : lines
  }
}
