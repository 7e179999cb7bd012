#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the sockets of one's own programs and experiments are: no port to remember.
///
/// `$XDG_RUNTIME_DIR/attune`, or a directory `attune-UID` of mode 0700 under the temporary directory.
public struct RuntimeDirectory: Hashable, Sendable {
  /// The directory.
  public let path: String

  /// The first directory that can be used, made where it is missing.
  /// - Parameter environment: reads one variable of the process's environment.
  /// - Throws: `WireError.unsafeDirectory` when it is not one's own, or open to others.
  public init(environment: (String) -> String? = environmentVariable) throws(WireError) {
    self = try Self.firstUsable(environment) { directory throws(WireError) in directory }
  }

  /// That directory, as it is.
  public init(path: String) { self.path = path }

  /// Lets the loop listen for a program in the first directory where it can: one that is full or read-only is passed over.
  /// - Throws: `WireError`: what was wrong with the last one.
  public static func listen(
    _ loop: LineLoop, name: String, pid: Int, environment: (String) -> String? = environmentVariable
  ) throws(WireError) {
    _ = try firstUsable(environment) { directory throws(WireError) in
      try loop.listen(at: directory.programAddress(name: name, pid: pid))
    }
  }

  /// The directories that exist, to look for programs that were started with another environment.
  public static func existing(environment: (String) -> String? = environmentVariable) -> [RuntimeDirectory] {
    candidates(environment).filter { problem(with: $0) == nil }.map(RuntimeDirectory.init(path:))
  }

  /// `NAME-PID.sock`, with a name that makes a short and harmless file name.
  public func programAddress(name: String, pid: Int) -> SocketAddress {
    let clean = Self.fileName(name)
    // `experiment-…` is what control sockets are called.
    return .unix(path: "\(path)/\(clean.hasPrefix("experiment") ? "program-" + clean : clean)-\(pid).sock")
  }

  /// `experiment-NAME.sock`.
  public func experimentAddress(name: String) -> SocketAddress {
    .unix(path: "\(path)/experiment-\(Self.fileName(name)).sock")
  }

  private static func fileName(_ name: String) -> String {
    let allowed = name.unicodeScalars.map { scalar in
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "._-".unicodeScalars.contains(scalar))
      return isPlain ? Character(scalar) : "_"
    }
    return allowed.isEmpty ? "program" : String(allowed.prefix(40))
  }

  private static func firstUsable<Result>(
    _ environment: (String) -> String?, _ use: (RuntimeDirectory) throws(WireError) -> Result
  ) throws(WireError) -> Result {
    var problem = WireError.unsafeDirectory("attune", "there is no place for it")
    for candidate in candidates(environment) {
      do {
        try prepare(candidate)
        return try use(RuntimeDirectory(path: candidate))
      } catch { problem = error }
    }
    throw problem
  }

  private static func candidates(_ environment: (String) -> String?) -> [String] {
    let temporary = environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let fallback = "\(temporary)/attune-\(geteuid())"
    guard let runtime = environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/") else { return [fallback] }
    return ["\(runtime)/attune", fallback]
  }

  private static func prepare(_ path: String) throws(WireError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .unsafeDirectory(path, systemMessage(errno)) }
    if let problem = problem(with: path) { throw .unsafeDirectory(path, problem) }
  }

  private static func problem(with path: String) -> String? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return systemMessage(errno) }
    if status.st_mode & S_IFMT != S_IFDIR { return "it is no directory" }
    if status.st_uid != geteuid() { return "it belongs to user \(status.st_uid)" }
    if status.st_mode & 0o077 != 0 { return "others may enter it (mode \(String(status.st_mode & 0o777, radix: 8)))" }
    return nil
  }
}

/// A variable of the process's environment; an empty one counts as missing.
public func environmentVariable(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}
