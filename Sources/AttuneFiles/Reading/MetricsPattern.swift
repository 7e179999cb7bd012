/// The checks on `metrics.pattern`.
enum MetricsPattern {
  static func check(_ text: String, _ item: FileItem) throws(FileProblem) {
    do {
      _ = try Regex(text)
    } catch {
      throw item.problem("'\(text)' is no regular expression: \(error)")
    }
    let groups = groupNames(text)
    guard groups.contains(where: { $0 != "step" }) else {
      let found = groups.isEmpty ? "has no named group" : "names the step but no metric"
      throw item.problem("'\(text)' \(found); a metric is a named group, e.g. acc=(?<accuracy>[\\d.]+)")
    }
  }

  /// The names of `(?<name>…)` and `(?P<name>…)`, in order.
  static func groupNames(_ text: String) -> [String] {
    text.matches(of: /\(\?P?<([\p{L}_][\p{L}\p{N}_]*)>/).map { String($0.output.1) }
  }
}
