import AttuneWireTesting
@testable import AttuneWire
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct RuntimeDirectoryTests {
  let base: TemporaryDirectory

  init() throws { base = try TemporaryDirectory() }

  @Test func prefersTheRuntimeDirectoryAndMakesItPrivate() throws {
    let directory = try RuntimeDirectory(environment: environment(runtime: base.path))
    defer { rmdir(directory.path) }
    #expect(directory.path == "\(base.path)/attune")
    #expect(try fileMode(directory.path) == 0o700)
    #expect(RuntimeDirectory.existing(environment: environment(runtime: base.path)) == [directory])
  }

  @Test func fallsBackToTheTemporaryDirectory() throws {
    let directory = try RuntimeDirectory(environment: environment(runtime: "/nowhere/at/all"))
    defer { rmdir(directory.path) }
    #expect(directory.path == "\(base.path)/attune-\(geteuid())")
  }

  @Test func refusesADirectoryOpenToOthers() throws {
    let path = "\(base.path)/attune-\(geteuid())"
    mkdir(path, 0o700)
    chmod(path, 0o755)
    defer { rmdir(path) }
    #expect(throws: WireError.unsafeDirectory(path, "others may enter it (mode 755)")) {
      try RuntimeDirectory(environment: environment(runtime: nil))
    }
  }

  @Test func refusesALink() throws {
    let path = "\(base.path)/attune-\(geteuid())"
    symlink("/tmp", path)
    #expect(throws: WireError.unsafeDirectory(path, "it is no directory")) { try RuntimeDirectory(environment: environment(runtime: nil)) }
  }

  @Test func listsAndSweeps() throws {
    let directory = RuntimeDirectory(path: base.path)
    let live = directory.programAddress(name: "train", pid: 12)
    let dead = directory.programAddress(name: "experiment", pid: Self.noProcess)
    let control = directory.experimentAddress(name: "digits/1")
    let loop = try LineLoop(name: "test") { _, _ in }
    defer { loop.stop() }
    try loop.listen(at: live)
    try loop.listen(at: control)
    try makeDeadSocket(dead)
    _ = base.write("", to: "notes.txt")

    #expect(
      directory.entries().map(\.owner) == [
        .experiment("digits_1"), .program(name: "program-experiment", pid: Self.noProcess), .program(name: "train", pid: 12),
      ])
    #expect(directory.sweep().map(\.address) == [control, live])
    #expect(base.names == ["experiment-digits_1.sock", "notes.txt", "train-12.sock"])
  }

  @Test func leavesWhatSomebodyMayBeAboutToServe() throws {
    let directory = RuntimeDirectory(path: base.path)
    let starting = directory.programAddress(name: "train", pid: Int(getpid()))
    let control = directory.experimentAddress(name: "digits")
    try makeDeadSocket(starting)
    try makeDeadSocket(control)
    #expect(directory.sweep().isEmpty)
    #expect(base.names == ["experiment-digits.sock", "train-\(getpid()).sock"])
  }

  @Test(arguments: [
    (RuntimeDirectory.Owner.program(name: "train", pid: noProcess), 0.0, true),
    // A process that has started since then only has the same number.
    (.program(name: "train", pid: Int(getpid())), 1e6, true),
    (.program(name: "train", pid: Int(getpid())), 0, false),
    (.experiment("digits"), 11, true),
    (.experiment("digits"), 0, false),
  ])
  func knowsWhatIsAbandoned(owner: RuntimeDirectory.Owner, age: Double, isAbandoned: Bool) {
    #expect(RuntimeDirectory.isAbandoned(by: owner, made: wallClockSeconds() - age) == isAbandoned)
  }

  @Test func listensWhereItCan() throws {
    let runtime = "\(base.path)/r"
    mkdir(runtime, 0o700)
    // A file where the socket would be: there is no room for it.
    mkdir("\(runtime)/attune", 0o700)
    mkdir("\(runtime)/attune/train-1.sock", 0o700)
    let loop = try LineLoop(name: "test") { _, _ in }
    defer { loop.stop() }
    try RuntimeDirectory.listen(loop, name: "train", pid: 1, environment: environment(runtime: runtime))
    let fallback = RuntimeDirectory(path: "\(base.path)/attune-\(geteuid())")
    #expect(fallback.entries().map(\.owner) == [.program(name: "train", pid: 1)])
  }

  /// Beyond the numbers that a system gives to processes.
  private static let noProcess = 99_999_999

  private func environment(runtime: String?) -> (String) -> String? {
    let temporary = base.path
    return { name in name == "XDG_RUNTIME_DIR" ? runtime : name == "TMPDIR" ? temporary : nil }
  }
}
