#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Files {
  /// Removes a file, or a directory with all that is in it; nothing, where nothing is. Links are removed, not followed.
  static func removeAll(_ path: String) throws(FleetError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { try removeAll("\(path)/\(name)") }
      guard rmdir(path) == 0 else { throw failure("remove", path) }
    } else {
      guard unlink(path) == 0 else { throw failure("remove", path) }
    }
  }
}
