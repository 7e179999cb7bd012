import Foundation

/// Paths by their letters alone, as `URL.standardizedFileURL` has them; that one takes half a millisecond to get going, which a process
/// that lives for ten has not got.
enum StandardPath {
  /// The path from the root, without `.`, `..` and doubled or last slashes. Links stay what they are.
  /// - Parameter folder: where a path begins that does not begin at the root; itself from the root.
  static func of(_ path: String, in folder: String = here) -> String {
    var parts: [Substring] = []
    for part in (path.hasPrefix("/") ? path : "\(folder)/\(path)").split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The folder that holds it; that of the root is the root.
  static func folder(of path: String) -> String { of("\(path)/..") }

  /// The current folder.
  static var here: String { FileManager.default.currentDirectoryPath }
}
