import AttuneCore
import AttuneValues
import AttuneWire

/// Schedules as text: JSON lines of the form of `changed`, of which only `step` and `values` or `trigger` are needed. Empty lines
/// and lines that begin with `#` are passed over.
enum ScheduleFile {
  private static let members: Set = [
    "step", "values", "trigger", "payload", "by", "reason", "n", "number", "time", "immediate", "ranks", "trial",
  ]

  /// The lines of a schedule under a head of comments.
  static func text(_ schedule: Schedule, head: [String]) -> String {
    var lines = head.map { "# \($0)" }
    for (change, reason) in schedule.leftOut {
      lines.append("# left out: \(change.trigger ?? "\(Configuration(change.values))") after step \(change.step); \(reason)")
    }
    lines += schedule.changes.map { line($0).text }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Reads a schedule that a person may have edited.
  /// - Returns: the changes, and a line for everything that is wrong: file, line number, what stood there, what is allowed.
  static func read(_ text: String, name: String) -> (changes: [Change], problems: [String]) {
    var changes: [Change] = []
    var problems: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let first = words.first, first != "#" else { continue }
      do throws(Complaint) {
        changes.append(try change(String(words)))
      } catch {
        problems.append("\(name):\(index + 1): \(error.text)")
      }
    }
    return (changes, problems)
  }

  private struct Complaint: Error {
    let text: String
  }

  private static func line(_ change: Change) -> JSON {
    let line = ScheduleLine(
      step: change.step, values: change.values, trigger: change.trigger, payload: change.payload.flatMap { try? JSON(parsing: $0) },
      by: change.by, reason: change.reason)
    guard change.isImmediate, var members = line.json.object else { return line.json }
    members["immediate"] = true
    return .object(members)
  }

  private static func change(_ line: String) throws(Complaint) -> Change {
    guard let document = try? JSON(parsing: line), let object = document.object else {
      throw Complaint(text: "'\(line.prefix(60))' is no JSON object; a line is e.g. {\"step\": 40, \"values\": {\"lr\": 0.01}}")
    }
    if let unknown = object.keys.sorted().first(where: { !members.contains($0) }) {
      throw Complaint(
        text: "'\(unknown)' is not known here\(Nearest.hint(unknown, among: ["step", "values", "trigger", "payload", "by", "reason"]))")
    }
    guard let step = document["step"]?.int, step >= 0 else {
      throw Complaint(text: "\"step\" is \(document["step"]?.text ?? "missing"); needed is the number of completed steps, from 0")
    }
    let by = document["by"]?.string ?? "schedule"
    let reason = document["reason"]?.string
    switch (document["trigger"], document["values"]) {
    case (.string(let trigger)?, nil) where !trigger.isEmpty:
      let payload = document["payload"]?.text
      if let payload, payload.utf8.count > FireRequest.payloadLimit {
        throw Complaint(text: "\"payload\" has \(payload.utf8.count) bytes; allowed are \(FireRequest.payloadLimit)")
      }
      return Change(number: 0, step: step, values: [:], trigger: trigger, by: by, payload: payload, reason: reason)
    case (nil, .object(let given)?) where !given.isEmpty:
      return Change(number: 0, step: step, values: try values(given), by: by, reason: reason)
    case (nil, nil): throw Complaint(text: "neither \"values\" nor \"trigger\"; one of them is needed")
    case (_?, _?): throw Complaint(text: "both \"values\" and \"trigger\"; write two lines")
    default: throw Complaint(text: "\"values\" is an object with at least one variable, \"trigger\" the name of one")
    }
  }

  private static func values(_ given: [String: JSON]) throws(Complaint) -> [String: Value] {
    var values: [String: Value] = [:]
    for (tag, member) in given {
      guard let value = Value(json: member) else {
        throw Complaint(text: "'\(tag)' = \(member.text); allowed are true, false, a number or a string")
      }
      values[tag] = value
    }
    return values
  }
}
