import AttuneValues
import AttuneWire

/// A program as `attune ps` shows it.
struct ProgramListing {
  /// For programs: `name`, `pid`, `socket`, `age` in seconds, `step`, `paused`, `ranks`, `variables`, `triggers`, `problem`, and what else it told.
  let json: JSON

  /// What one socket answered: a program, or every trial's program of an experiment.
  static func all(of answers: Survey.Answers, now: Double) -> [ProgramListing] {
    switch answers.entry.owner {
    case .program(let name, let pid): [ProgramListing(answers, name: name, pid: pid, now: now)]
    case .experiment(let name):
      if let problem = answers.problem {
        [ProgramListing(json: ["experiment": .string(name), "problem": .string(problem), "socket": .string("\(answers.entry.address)")])]
      } else {
        (answers.content?.array ?? []).map { program in
          ProgramListing(trial: program, of: answers.identity?["name"]?.string ?? name, now: now)
        }
      }
    }
  }

  private init(json: JSON) { self.json = json }

  private init(_ answers: Survey.Answers, name: String, pid: Int, now: Double) {
    var members = answers.identity?.object ?? [:]
    members.merge(answers.content?.object ?? [:]) { _, new in new }
    members["name"] = members["name"] ?? .string(name)
    members["pid"] = .int(pid)
    members["socket"] = .string("\(answers.entry.address)")
    if let problem = answers.problem { members["problem"] = .string(problem) }
    members["age"] = Self.age(of: pid, began: members["began"]?.double, now: now)
    json = .object(members)
  }

  private init(trial: JSON, of experiment: String, now: Double) {
    var members = trial.object ?? [:]
    members["experiment"] = .string(experiment)
    if let pid = members["pid"]?.int { members["age"] = Self.age(of: pid, began: members["began"]?.double, now: now) }
    json = .object(members)
  }

  /// Seconds since the process started, as it says or as the system knows; `nil` when neither does.
  private static func age(of pid: Int, began: Double?, now: Double) -> JSON? {
    (began ?? RunningProcess(pid)?.started).map { .float(max(0, ((now - $0) * 10).rounded() / 10)) }
  }

  static let header = ["program", "pid", "age", "step", "variables"]

  /// A line of the table.
  var row: [String] {
    let name = json["experiment"]?.string.map { "\($0) trial \(json["trial"]?.int ?? 0)" } ?? json["name"]?.string ?? ""
    let step = [
      json["step"]?.int.map(String.init) ?? "–", json["paused"]?.bool == true ? "paused" : nil,
      json["ranks"]?.int.map { "\($0) ranks" },
    ]
    return [
      name, json["pid"]?.int.map(String.init) ?? "–", json["age"]?.double.map(Self.words(ofSeconds:)) ?? "–",
      step.compactMap { $0 }.joined(separator: ", "), json["problem"]?.string ?? variables,
    ]
  }

  private var variables: String {
    let values = (json["variables"]?.array ?? []).compactMap { variable -> String? in
      guard let tag = variable["tag"]?.string, let value = variable["value"].flatMap(Value.init(json:)) else { return nil }
      return "\(tag)=\(value)"
    }
    if values.isEmpty { return "(no live variables)" }
    let shown = values.prefix(8).joined(separator: " ")
    return values.count > 8 ? "\(shown) … (\(values.count))" : shown
  }

  /// `12 s`, `3 min`, `5 h`, `9 d`.
  static func words(ofSeconds seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(seconds)) s"
    case ..<7200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3600)) h"
    default: "\(Int(seconds / 86400)) d"
    }
  }

}
