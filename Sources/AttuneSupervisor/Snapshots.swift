import AttuneSnapshots
import CAttuneSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Snapshots of the attempt's processes: CRIU is a child beside the command, and its end is told like every child's.
///
/// A snapshot is written into `N.draft` and renamed when it is complete; only then those of attempts before are removed.
struct Snapshots {
  /// What a supervisor is asked to do about snapshots.
  struct Order {
    let tool: SnapshotTool
    /// Where a snapshot of this attempt goes: a folder that is not there yet.
    let target: String
    /// The snapshot that the command is brought back from; `nil` when it is started anew.
    let source: String?
  }

  enum Purpose { case dump, restore }

  /// A process id that is taken may be free again soon: after so long it is not waited for.
  private static let patience = 5_000_000_000

  let order: Order
  private let attemptDirectory: String
  /// CRIU, as long as it runs.
  private(set) var work: (process: pid_t, purpose: Purpose)?
  /// Children that ended while the command was being brought back; it may be among them.
  var ended: [pid_t: Int32] = [:]
  private var root: pid_t = 0
  private let started = monotonicNanoseconds()
  private var pause = 20_000_000

  init(_ order: Order, attemptDirectory: String) {
    self.order = order
    self.attemptDirectory = attemptDirectory
  }

  var isDumping: Bool { work?.purpose == .dump }
  var isRestoring: Bool { work?.purpose == .restore }

  /// Begins a snapshot of the command and all below it.
  /// - Returns: why there can be none, or `nil`.
  mutating func dump(_ root: pid_t) -> String? {
    guard work == nil else { return nil }
    let tree = Set(Descendants.below(root))
    if let stray = Descendants.all().first(where: { $0 != root && !tree.contains($0) && !Descendants.isEnded($0) }) {
      return "process \(stray) has lost its parent, and a snapshot takes only what is below the command"
    }
    removeFolder(draft)
    mkdir(parent(of: draft), 0o700)
    guard mkdir(draft, 0o700) == 0 else { return "'\(draft)' cannot be made: \(String(cString: strerror(errno)))" }
    self.root = root
    return start(order.tool.dump(root, into: draft, workingIn: attemptDirectory), .dump, output: nil, errors: nil)
  }

  /// - Parameter status: CRIU's.
  /// - Returns: why there is no snapshot, or `nil`. Then the processes are stopped, and nothing is lost with them any more.
  mutating func finishDump(_ status: Int32) -> String? {
    work = nil
    guard status == 0 else {
      removeFolder(draft)
      return SnapshotProblem(log: log, status: status).message
    }
    let record = SnapshotRecord(process: root, output: "\(attemptDirectory)/stdout.log", errors: "\(attemptDirectory)/stderr.log")
    guard record.write(to: draft), rename(draft, order.target) == 0 else {
      let problem = "'\(order.target)' cannot be written: \(String(cString: strerror(errno)))"
      removeFolder(draft)
      return problem
    }
    let folder = parent(of: order.target)
    for name in names(in: folder) where "\(folder)/\(name)" != order.target { removeFolder("\(folder)/\(name)") }
    return nil
  }

  /// Begins to bring the command back.
  /// - Returns: why it cannot be brought back, or `nil`.
  mutating func restore(output: Int32, errors: Int32) -> String? {
    guard let source = order.source, let record = SnapshotRecord(readingFrom: source) else {
      return "'\(order.source ?? "")' is no snapshot: its snapshot.json is missing or cannot be read"
    }
    root = record.process
    unlink("\(attemptDirectory)/\(SnapshotTool.processFile)")
    let command = order.tool.restore(from: source, workingIn: attemptDirectory, output: record.output, errors: record.errors)
    return start(command, .restore, output: output, errors: errors)
  }

  /// What came of it.
  enum Restored {
    /// The command is a child again; with its status, where it has ended already.
    case process(pid_t, status: Int32?)
    /// A process id that it needs is taken, which may pass.
    case tryAgain
    case failed(String)
  }

  /// - Parameter status: CRIU's.
  mutating func finishRestore(_ status: Int32) -> Restored {
    work = nil
    if status == 0 {
      let written = smallText(of: "\(attemptDirectory)/\(SnapshotTool.processFile)").split { !$0.isNumber }.first
      let process = written.flatMap { pid_t($0) } ?? root
      return .process(process, status: ended[process])
    }
    ended = [:]
    let problem = SnapshotProblem(log: log, status: status)
    guard problem.takenID != nil, monotonicNanoseconds() - started < Self.patience else { return .failed(problem.message) }
    var time = timespec(tv_sec: 0, tv_nsec: pause)
    nanosleep(&time, nil)
    pause = min(2 * pause, 500_000_000)
    return .tryAgain
  }

  private var draft: String { order.target + ".draft" }

  private var log: String { smallText(of: "\(attemptDirectory)/\(SnapshotTool.log)") }

  private mutating func start(_ command: [String], _ purpose: Purpose, output: Int32?, errors: Int32?) -> String? {
    unlink("\(attemptDirectory)/\(SnapshotTool.log)")
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard nothing >= 0 else { return "'/dev/null' cannot be opened: \(String(cString: strerror(errno)))" }
    defer { close(nothing) }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var step = ATTUNE_SPAWN_FORK
    let result = attune_spawn(arguments, attemptDirectory, nothing, output ?? nothing, errors ?? nothing, &step)
    guard result >= 0 else { return "cannot run '\(command[0])': \(String(cString: strerror(-result)))" }
    work = (result, purpose)
    return nil
  }

  private func parent(of path: String) -> String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

  /// Images lie side by side: there are no folders among them.
  private func removeFolder(_ folder: String) {
    for name in names(in: folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  private func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
