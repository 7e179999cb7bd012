/// CRIU, the program that takes snapshots of processes and brings them back: all that Attune knows of its command line and its words.
///
/// It works for root, and for others where its file has the capability CAP_CHECKPOINT_RESTORE. Do not use it for programs with open TCP
/// connections, nor with memory on a GPU: it refuses them.
public struct SnapshotTool: Hashable, Sendable {
  /// The name of the variable that says where it is, for those who have it elsewhere than in `PATH`.
  public static let variable = "ATTUNE_CRIU"
  /// Where it tells what went wrong, in the folder it works in.
  public static let log = "criu.log"
  /// Where it writes down the process that it has brought back, in the folder it works in.
  public static let processFile = "criu.pid"
  /// Processes may hold files that have no name any more; of those up to this many bytes go into the snapshot.
  private static let namelessBytes = 1 << 30

  /// A path, or a name that is looked for in `PATH`.
  public let program: String
  /// Whether it is run by root.
  public let isRoot: Bool

  /// The tool at that path or of that name.
  public init(program: String, isRoot: Bool) {
    self.program = program
    self.isRoot = isRoot
  }

  /// Which program it is, for a process with that environment.
  public static func program(in environment: [String: String]) -> String {
    environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? "criu"
  }

  /// Says its version.
  public var version: [String] { [program, "--version"] }

  /// Writes images of the process and all below it. They are stopped when that is done, and go on when it fails.
  /// - Parameters:
  ///   - images: an empty folder.
  ///   - folder: an absolute path, for `log`.
  public func dump(_ process: Int32, into images: String, workingIn folder: String) -> [String] {
    [program, "dump", "--tree", String(process), "--leave-stopped", "--ghost-limit", String(Self.namelessBytes)]
      + common(images, folder)
  }

  /// Brings the processes back with the ids they had, as a child of whoever runs this. What they wrote into the files named goes on in the
  /// standard output and errors that this is run with.
  /// - Parameters:
  ///   - folder: an absolute path, for `log` and `processFile`.
  ///   - output: where standard output went, as the system names the file.
  ///   - errors: the same of standard errors.
  public func restore(from images: String, workingIn folder: String, output: String, errors: String) -> [String] {
    [
      program, "restore", "--restore-detached", "--restore-sibling", "--pidfile", Self.processFile,
      "--inherit-fd", "fd[1]:\(output.drop { $0 == "/" })", "--inherit-fd", "fd[2]:\(errors.drop { $0 == "/" })",
    ] + common(images, folder)
  }

  /// `--shell-job`: the session's leader is the supervisor, which is not part of the snapshot.
  private func common(_ images: String, _ folder: String) -> [String] {
    ["--images-dir", images, "--work-dir", folder, "--log-file", Self.log, "--shell-job", "--file-locks"]
      + (isRoot ? [] : ["--unprivileged"])
  }
}

/// Why a snapshot could not be taken or brought back, in words.
public struct SnapshotProblem: Hashable, Sendable {
  /// For a person.
  public let message: String
  /// The id that another process has now; `nil` when that is not the problem.
  public let takenID: Int32?

  /// - Parameters:
  ///   - log: what the tool has written into its log, of which the first complaint counts.
  ///   - status: as `waitpid` gives it.
  public init(log: String, status: Int32) {
    let complaints = log.split(separator: "\n").compactMap(Self.complaint(in:))
    takenID = complaints.lazy.compactMap(Self.takenID(in:)).first
    if let takenID {
      message = "process id \(takenID) belongs to another process or thread now, and what is brought back needs the ids that it had"
    } else if let first = complaints.first {
      let isSocket = ["sockets:", "inet:", "unix:", "netlink:"].contains { first.hasPrefix($0) }
      message = first + (isSocket ? " (a program with open connections cannot be put into a snapshot)" : "")
    } else if log.isEmpty {
      message = "CRIU ended \(Self.words(for: status)) and wrote no log (it wants root, or CAP_CHECKPOINT_RESTORE for its file)"
    } else {
      message = "CRIU ended \(Self.words(for: status)); its log names no error"
    }
  }

  /// `(00.01) 15: Error (criu/files.c:12): what happened`. That it may not raise a limit of its own, or lacks a helper such
  /// as iptables, is no error.
  private static func complaint(in line: Substring) -> String? {
    let words = line.split(separator: " ", omittingEmptySubsequences: true)
    let isHarmless = line.contains("RLIMIT_NOFILE") || line.contains("): exited, status=")
    guard let start = words.firstIndex(of: "Error"), !isHarmless else { return nil }
    return words[(start + 1)...].drop { $0.hasPrefix("(") }.joined(separator: " ")
  }

  /// `Can't fork for 15422: File exists`.
  private static func takenID(in complaint: String) -> Int32? {
    guard complaint.hasSuffix("File exists"), complaint.contains("fork") || complaint.contains("thread") else { return nil }
    return complaint.split { !$0.isNumber }.lazy.compactMap { Int32($0) }.first
  }

  private static func words(for status: Int32) -> String {
    status & 0x7F == 0 ? "with status \(status >> 8 & 0xFF)" : "by signal \(status & 0x7F)"
  }
}
