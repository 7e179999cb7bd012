import AttuneValues
import Foundation

/// What a request is about, read from its path.
enum DashboardRoute: Hashable, Sendable {
  case page(String)
  case me
  case ask(DashboardQuestion)
  case events(String, after: Int?)
  case move(DashboardMove.Kind, experiment: String, trial: Int?)

  static let root = "/api/v1"

  /// - Parameters:
  ///   - path: as it came, with its percents.
  ///   - query: names and values, decoded.
  /// - Throws: `DashboardError` for what there is not, or is not understood.
  init(isPost: Bool, path: String, query: [String: String]) throws(DashboardError) {
    guard path == Self.root || path.hasPrefix(Self.root + "/") else {
      guard !isPost else { throw DashboardError(.wrongMethod, "'\(path)' is a file of the page, which can only be read") }
      self = .page(path)
      return
    }
    let words = path.dropFirst(Self.root.count).split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
    let route = isPost ? try Self.move(words) : try Self.question(words, query)
    guard let route else {
      throw DashboardError(.unknown, "there is no \(isPost ? "move" : "answer") at '\(path)'; Docs/Dashboard.md lists those there are")
    }
    self = route
  }

  private static func question(_ words: [String], _ query: [String: String]) throws(DashboardError) -> DashboardRoute? {
    switch (words.count, words.first) {
    case (1, "me"): return .me
    case (1, "experiments"): return .ask(.experiments)
    case (2, "experiments"): return .ask(.snapshot(words[1]))
    case (3, "experiments"): return try part(words[2], of: words[1], query)
    case (4, "experiments") where words[2] == "trials": return .ask(.trial(words[1], try trial(words[3])))
    case (5, "experiments") where words[2] == "trials" && words[4] == "log":
      return .ask(
        .log(
          words[1], trial: try trial(words[3]), attempt: try number("attempt", in: query, 1...1_000_000),
          isErrors: try isSecond("stream", of: "stdout", "stderr", in: query)))
    default: return nil
    }
  }

  private static func part(_ word: String, of experiment: String, _ query: [String: String]) throws(DashboardError) -> DashboardRoute? {
    switch word {
    case "columns": return .ask(.columns(experiment, names: list("names", in: query)))
    case "curves": return .ask(.curves(experiment, try curves(query)))
    case "programs": return .ask(.programs(experiment))
    case "events": return .events(experiment, after: try number("after", in: query, 0...Int.max))
    default: return nil
    }
  }

  private static func move(_ words: [String]) throws(DashboardError) -> DashboardRoute? {
    guard words.first == "experiments" else { return nil }
    if words.count == 3 {
      switch words[2] {
      case "stop": return .move(.stop, experiment: words[1], trial: nil)
      case "add": return .move(.add, experiment: words[1], trial: nil)
      default: return nil
      }
    }
    guard words.count == 5, words[2] == "trials" else { return nil }
    let kinds: [String: DashboardMove.Kind] = [
      "set": .set, "fire": .fire, "stop": .stopTrial, "suspend": .suspendTrial, "resume": .resumeTrial, "fork": .fork,
    ]
    guard let kind = kinds[words[4]] else { return nil }
    return .move(kind, experiment: words[1], trial: try trial(words[3]))
  }

  private static func curves(_ query: [String: String]) throws(DashboardError) -> CurveQuery {
    guard let metric = query["metric"] else { throw DashboardError(.badInput, "'metric' is needed: the name of what is drawn") }
    var trials: [Int] = []
    for word in list("trials", in: query) { trials.append(try trial(word)) }
    guard (1...200).contains(trials.count) else {
      throw DashboardError(.badInput, "'trials' is 1 to 200 numbers, separated by commas; got \(trials.count)")
    }
    let bounds = (try real("from", in: query) ?? -.infinity, try real("to", in: query) ?? .infinity)
    guard bounds.0 <= bounds.1 else { throw DashboardError(.badInput, "'from' is above 'to': \(bounds.0), \(bounds.1)") }
    return CurveQuery(
      metric: metric, trials: trials, points: try number("points", in: query, 4...100_000) ?? 600,
      isByTime: try isSecond("axis", of: "step", "time", in: query), range: bounds.0...bounds.1)
  }

  private static func list(_ name: String, in query: [String: String]) -> [String] {
    (query[name] ?? "").split(separator: ",").map(String.init)
  }

  private static func trial(_ word: String) throws(DashboardError) -> Int {
    guard let number = Int(word), number >= 1 else { throw DashboardError(.badInput, "'\(word)' is no number of a trial: 1, 2, …") }
    return number
  }

  private static func number(_ name: String, in query: [String: String], _ allowed: ClosedRange<Int>) throws(DashboardError) -> Int? {
    guard let word = query[name] else { return nil }
    guard let number = Int(word), allowed.contains(number) else {
      let words = allowed.upperBound == .max ? "\(allowed.lowerBound) or more" : "in \(allowed.lowerBound)...\(allowed.upperBound)"
      throw DashboardError(.badInput, "'\(name)' is an integer, \(words); got '\(word)'")
    }
    return number
  }

  private static func real(_ name: String, in query: [String: String]) throws(DashboardError) -> Double? {
    guard let word = query[name] else { return nil }
    guard let number = Double(word), number.isFinite else { throw DashboardError(.badInput, "'\(name)' is a number; got '\(word)'") }
    return number
  }

  private static func isSecond(_ name: String, of first: String, _ second: String, in query: [String: String]) throws(DashboardError)
    -> Bool
  {
    let word = query[name] ?? first
    guard word == first || word == second else { throw DashboardError(.badInput, "'\(name)' is \(first) or \(second); got '\(word)'") }
    return word == second
  }
}
