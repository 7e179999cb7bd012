import AttuneSnapshots
import Testing

/// What is said to CRIU, and what its words mean.
@Suite struct SnapshotToolTests {
  private static let tool = SnapshotTool(program: "/opt/criu", isRoot: true)

  @Test func aSnapshotLeavesTheProcessesStopped() {
    #expect(
      Self.tool.dump(12, into: "/t/snapshots/1.draft", workingIn: "/t/attempts/1") == [
        "/opt/criu", "dump", "--tree", "12", "--leave-stopped", "--ghost-limit", "1073741824", "--images-dir", "/t/snapshots/1.draft",
        "--work-dir", "/t/attempts/1", "--log-file", "criu.log", "--shell-job", "--file-locks",
      ])
  }

  @Test func outputGoesOnInOtherFiles() {
    let command = Self.tool.restore(
      from: "/t/snapshots/1", workingIn: "/t/attempts/2", output: "/t/1/stdout.log", errors: "/t/1/stderr.log")
    #expect(
      command == [
        "/opt/criu", "restore", "--restore-detached", "--restore-sibling", "--pidfile", "criu.pid", "--inherit-fd",
        "fd[1]:t/1/stdout.log", "--inherit-fd", "fd[2]:t/1/stderr.log", "--images-dir", "/t/snapshots/1", "--work-dir", "/t/attempts/2",
        "--log-file", "criu.log", "--shell-job", "--file-locks",
      ])
  }

  @Test func whoIsNotRootSaysSo() {
    let tool = SnapshotTool(program: "criu", isRoot: false)
    #expect(tool.dump(12, into: "/a", workingIn: "/b").last == "--unprivileged")
  }

  @Test(arguments: [([:], "criu"), (["ATTUNE_CRIU": ""], "criu"), (["ATTUNE_CRIU": "/opt/criu"], "/opt/criu")])
  func whereItIsCanBeSaid(environment: [String: String], program: String) {
    #expect(SnapshotTool.program(in: environment) == program)
  }

  /// Lines as CRIU 3.17 and 4.1 write them.
  static let complaints: [(log: String, status: Int32, message: String, taken: Int32?)] = [
    (
      """
      (00.000012) Error (criu/util.c:1533): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
      (00.031) 15: Error (criu/sk-inet.c:188): inet: Connected TCP socket, consider using --tcp-established option.
      (00.032) Error (criu/cr-dump.c:1791): Dump files (pid: 15) failed with -1
      """, 256,
      "inet: Connected TCP socket, consider using --tcp-established option. (a program with open connections cannot be put into a snapshot)",
      nil
    ),
    (
      """
      Error (criu/cr-restore.c:1230): Can't fork for 15422: File exists
      Error (criu/cr-restore.c:2320): Restoring FAILED.
      """, 256,
      "process id 15422 belongs to another process or thread now, and what is brought back needs the ids that it had", 15422
    ),
    (
      """
      Error (criu/util.c:642): exited, status=1
      Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds
      """, 256, "vdso: Unexpected rt vDSO area bounds", nil
    ),
    ("", 256, "CRIU ended with status 1 and wrote no log (it wants root, or CAP_CHECKPOINT_RESTORE for its file)", nil),
    ("(00.1) Warn it is warm", 9, "CRIU ended by signal 9; its log names no error", nil),
  ]

  @Test(arguments: complaints)
  func theFirstComplaintIsTold(log: String, status: Int32, message: String, taken: Int32?) {
    let problem = SnapshotProblem(log: log, status: status)
    #expect(problem.message == message && problem.takenID == taken)
  }
}
