#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Files {
  /// Bytes of all files in a directory and below; links are not followed, and what cannot be read counts nothing.
  static func size(of directory: String) -> Int {
    names(in: directory).reduce(0) { sum, name in
      var status = stat()
      guard lstat("\(directory)/\(name)", &status) == 0 else { return sum }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: return sum + size(of: "\(directory)/\(name)")
      case S_IFREG: return sum + Int(status.st_size)
      default: return sum
      }
    }
  }
}
