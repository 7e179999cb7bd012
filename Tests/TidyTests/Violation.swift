import Testing

/// A rule of the house that has a number or a list, and is therefore a test.
enum Rule: String, Sendable, CaseIterable {
  case fileLength, functionLength, documented, forbiddenWord, clockOrRandomness, unfinished, sleepInTest, catalog, arrow, ownMachine
}

/// A place that breaks a rule.
struct Violation: Sendable, Hashable {
  let path: String
  let line: Int
  /// What stands there, and what is allowed.
  let message: String

  init(_ path: String, _ line: Int, _ message: String) {
    self.path = path
    self.line = line
    self.message = message
  }
}

/// Records what breaks `rule` and is not excepted, and every exception that nothing needs any more, each at its place.
func judge(_ rule: Rule, _ violations: [Violation], exceptions: [Exception] = Exception.all) {
  for complaint in complaints(rule, violations, exceptions: exceptions) {
    let place = SourceLocation(fileID: complaint.path, filePath: complaint.path, line: complaint.line, column: 1)
    Issue.record("\(complaint.path):\(complaint.line): \(complaint.message)", sourceLocation: place)
  }
}

/// What `judge` records.
func complaints(_ rule: Rule, _ violations: [Violation], exceptions: [Exception]) -> [Violation] {
  let excepted = exceptions.filter { $0.rule == rule }
  let broken = violations.filter { violation in !excepted.contains { $0.path == violation.path } }
  let idle = excepted.filter { exception in !violations.contains { $0.path == exception.path } }
  return broken
    + idle.map { Violation("Tests/TidyTests/Exceptions.swift", 1, "\(rule) is no longer broken in \($0.path); take the exception away") }
}
