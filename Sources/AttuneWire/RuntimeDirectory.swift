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

  /// What a socket file belongs to.
  public enum Owner: Hashable, Sendable {
    /// A program that runs by itself.
    case program(name: String, pid: Int)
    /// The controller of an experiment.
    case experiment(String)
  }

  /// A socket in the directory.
  public struct Entry: Hashable, Sendable {
    /// Whose it is, by its name.
    public let owner: Owner
    /// Where it is reached.
    public let address: SocketAddress
  }

  /// The first directory that can be used, made where it is missing.
  /// - Parameter environment: reads one variable of the process's environment.
  /// - Throws: `WireError.unsafeDirectory` when it is not one's own, or open to others.
  public init(environment: (String) -> String? = environmentVariable) throws(WireError) {
    var problem = WireError.unsafeDirectory("attune", "there is no place for it")
    for candidate in Self.candidates(environment) {
      do {
        try Self.prepare(candidate)
        path = candidate
        return
      } catch { problem = error }
    }
    throw problem
  }

  /// That directory, as it is.
  public init(path: String) { self.path = path }

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

  /// Every socket in the directory, in the order of the names, also of the dead.
  public func entries() -> [Entry] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      names.append(name)
    }
    return names.sorted().compactMap { name in
      Self.owner(ofSocketNamed: name).map { Entry(owner: $0, address: .unix(path: "\(path)/\(name)")) }
    }
  }

  /// Removes the sockets at which nobody listens any more, and gives the others.
  @discardableResult
  public func sweep() -> [Entry] {
    entries().filter { entry in
      guard case .unix(let path) = entry.address, Descriptor.isDead(path) else { return true }
      unlink(path)
      return false
    }
  }

  private static func owner(ofSocketNamed name: String) -> Owner? {
    guard name.hasSuffix(".sock") else { return nil }
    let stem = String(name.dropLast(5))
    if stem.hasPrefix("experiment-") { return .experiment(String(stem.dropFirst(11))) }
    guard let dash = stem.lastIndex(of: "-"), let pid = Int(stem[stem.index(after: dash)...]) else { return nil }
    return .program(name: String(stem[..<dash]), pid: pid)
  }

  private static func fileName(_ name: String) -> String {
    let allowed = name.unicodeScalars.map { scalar in
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "._-".unicodeScalars.contains(scalar))
      return isPlain ? Character(scalar) : "_"
    }
    return allowed.isEmpty ? "program" : String(allowed.prefix(40))
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
