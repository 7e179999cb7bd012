import Foundation

/// Who reads standard output.
enum Terminal {
  /// A person at a terminal, and no pipe or file.
  static var isShown: Bool { isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb" }
}
