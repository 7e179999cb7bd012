/// A file that may break one rule. The list only shrinks: an exception that nothing needs any more fails the test of its rule.
struct Exception: Sendable {
  let rule: Rule
  let path: String
  /// Why the file is better this way.
  let reason: String

  init(_ rule: Rule, _ path: String, because reason: String) {
    self.rule = rule
    self.path = path
    self.reason = reason
  }

  static let all: [Exception] = []

  /// Files in the folders of algorithms that hold no algorithm of their own and are therefore in no catalog.
  static let helpers: [String: String] = [:]
}
