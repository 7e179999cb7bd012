#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who is there, and the removal of what the dead have left.
extension RuntimeDirectory {
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

  /// Removes the sockets that the dead have left, and gives the others at which somebody listens.
  @discardableResult
  public func sweep() -> [Entry] {
    entries().filter { entry in
      guard case .unix(let path) = entry.address, Descriptor.isDead(path) else { return true }
      if let made = Self.moment(of: path), Self.isAbandoned(by: entry.owner, made: made) { unlink(path) }
      return false
    }
  }

  /// Whether nobody will listen at a socket where nobody listens. A program that starts has made its socket a moment before it listens; what
  /// belongs to a process that lives and is older than the socket is therefore left alone, and so is what is new and names no process.
  static func isAbandoned(by owner: Owner, made: Double) -> Bool {
    switch owner {
    case .experiment(let name):
      guard let pid = number(atEndOf: name) else { return wallClockSeconds() - made > 10 }
      return isAbandoned(by: .program(name: name, pid: pid), made: made)
    case .program(_, let pid):
      guard let process = RunningProcess(pid) else { return true }
      // Started after the socket was made: another program that got the same number.
      return process.started.map { $0 > made + 1 } ?? false
    }
  }

  private static func number(atEndOf stem: String) -> Int? {
    stem.lastIndex(of: "-").flatMap { Int(stem[stem.index(after: $0)...]) }
  }

  /// When the file was made, in seconds since 1970.
  private static func moment(of path: String) -> Double? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    #if canImport(Glibc)
      return Double(status.st_ctim.tv_sec) + Double(status.st_ctim.tv_nsec) / 1e9
    #else
      return Double(status.st_ctimespec.tv_sec) + Double(status.st_ctimespec.tv_nsec) / 1e9
    #endif
  }

  private static func owner(ofSocketNamed name: String) -> Owner? {
    guard name.hasSuffix(".sock") else { return nil }
    let stem = String(name.dropLast(5))
    if stem.hasPrefix("experiment-") { return .experiment(String(stem.dropFirst(11))) }
    guard let dash = stem.lastIndex(of: "-"), let pid = number(atEndOf: stem) else { return nil }
    return .program(name: String(stem[..<dash]), pid: pid)
  }
}
