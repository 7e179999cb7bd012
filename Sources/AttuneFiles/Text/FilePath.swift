#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Paths as text: what stands where, without looking at the disk except for the working directory.
enum FilePath {
  /// The path from the root, seen from `base`; `~/` is the home directory, `.` and `..` are resolved as text.
  static func absolute(_ path: String, from base: String = workingDirectory) -> String {
    if path == "~" || path.hasPrefix("~/"), let home = getenv("HOME") { return normalized(String(cString: home) + path.dropFirst(1)) }
    return normalized(path.hasPrefix("/") ? path : base + "/" + path)
  }

  /// The directory a file is in, from the root.
  static func directory(of path: String) -> String {
    absolute(path).split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }.nonEmpty ?? "/"
  }

  /// `digits` of `runs/digits.yaml`.
  static func baseName(of path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? ""
    guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return last }
    return String(last[..<dot])
  }

  /// Where relative paths begin; the root when the directory is gone.
  static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}

extension String {
  /// `nil` for the empty text.
  var nonEmpty: String? { isEmpty ? nil : self }
}
