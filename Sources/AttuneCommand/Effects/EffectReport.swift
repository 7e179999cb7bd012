import AttuneEffects
import AttuneValues

/// What each change did to each metric, for a person or a program.
struct EffectReport {
  private struct Line {
    let metric: String
    let trend: Result<TrendEffect, EffectProblem>
    /// Against the twin, where there is one.
    let paired: (twin: Int, result: Result<PairedEffect, EffectProblem>)?
  }

  private struct Part {
    let moment: TrialHistory.Moment
    /// What a reader must know before believing the numbers.
    let remarks: [String]
    let lines: [Line]
  }

  private let name: String
  private let reports: Int
  private let parts: [Part]

  /// - Parameters:
  ///   - number: only the change of that number; `nil` for all.
  ///   - metrics: only these; empty for all.
  ///   - window: reports to look at on each side.
  init(_ history: TrialHistory, change number: Int?, metrics: [String], window: Int) {
    name = history.name
    reports = history.curve.reports.count
    let moments = history.moments
    let wanted = metrics.isEmpty ? history.curve.metrics : metrics
    parts = moments.indices.filter { number == nil || moments[$0].numbers.contains(number ?? 0) }.map { index in
      let before = index > 0 ? moments[index - 1] : nil
      let after = index + 1 < moments.count ? moments[index + 1] : nil
      return Self.part(moments[index], between: before, and: after, history, wanted, window)
    }
  }

  /// Whether no change was found.
  var isEmpty: Bool { parts.isEmpty }

  private static func part(
    _ moment: TrialHistory.Moment, between before: TrialHistory.Moment?, and after: TrialHistory.Moment?, _ history: TrialHistory,
    _ metrics: [String], _ window: Int
  ) -> Part {
    let range = (before?.step ?? 0) + 1...max(after?.step ?? .max, (before?.step ?? 0) + 1)
    let twin = history.twins.last { $0.start <= moment.step && !$0.changes.contains { $0 <= moment.step } }
    var isCut = (before: false, after: false)
    let lines = metrics.map { metric -> Line in
      let all = history.curve.series(metric).map { Sample(step: $0.step, value: $0.value) }
      let samples = all.filter { range.contains($0.step) }
      isCut.before = isCut.before || samples.count { $0.step <= moment.step } < min(window, all.count { $0.step <= moment.step })
      isCut.after = isCut.after || samples.count { $0.step > moment.step } < min(window, all.count { $0.step > moment.step })
      let trend = Result { () throws(EffectProblem) in try TrendEffect(samples, changeAfter: moment.step, window: window) }
      let paired = twin.map { twin in
        let end = twin.changes.min() ?? .max
        let unchanged = twin.curve.series(metric).filter { $0.step <= end }.map { Sample(step: $0.step, value: $0.value) }
        let result = Result { () throws(EffectProblem) in
          try PairedEffect(changed: samples, unchanged: unchanged, changeAfter: moment.step)
        }
        return (twin.trial, result)
      }
      return Line(metric: metric, trend: trend, paired: paired)
    }
    var remarks: [String] = []
    if moment.numbers.count > 1 { remarks.append("\(moment.numbers.count) changes at one step cannot be told apart") }
    if isCut.before, let before { remarks.append("the lines before begin at the change after step \(before.step)") }
    if isCut.after, let after { remarks.append("the lines after end at the change after step \(after.step)") }
    if let twin, let before, before.step > twin.start {
      remarks.append("the twin also went without the changes since step \(twin.start)")
    }
    return Part(moment: moment, remarks: remarks, lines: lines)
  }
}

extension EffectReport {
  var text: String {
    let width = parts.flatMap(\.lines).map(\.metric.count).max() ?? 0
    var lines = ["\(name), \(reports) reports; in brackets what holds the truth in 95 of 100 cases"]
    for part in parts {
      let numbers = part.moment.numbers.filter { $0 > 0 }.map(String.init).joined(separator: ", ")
      lines.append("change \(numbers.isEmpty ? "–" : numbers) after step \(part.moment.step): \(part.moment.texts.joined(separator: "; "))")
      for line in part.lines {
        let name = line.metric.padding(toLength: width, withPad: " ", startingAt: 0)
        if let paired = line.paired { lines.append("  \(name)  \(Self.text(paired.result, twin: paired.twin))") }
        lines.append("  \(line.paired == nil ? name : String(repeating: " ", count: width))  \(Self.text(line.trend))")
      }
      lines += part.remarks.map { "  note: \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private static func text(_ result: Result<TrendEffect, EffectProblem>) -> String {
    switch result {
    case .failure(let problem): return problem.description
    case .success(let effect):
      let (before, after) = (effect.before, effect.after)
      return
        "against the trend \(text(effect.jump))   level \(short(before.level)) → \(short(after.level))   "
        + "slope \(short(before.slope)) → \(short(after.slope)) a step   \(effect.countBefore) + \(effect.countAfter) reports"
    }
  }

  private static func text(_ result: Result<PairedEffect, EffectProblem>, twin: Int) -> String {
    switch result {
    case .failure(let problem): "against the twin (trial \(twin)): \(problem)"
    case .success(let effect):
      "against the twin (trial \(twin)) \(text(effect.difference)) on average of steps \(effect.firstStep)...\(effect.lastStep), "
        + "\(text(effect.atEnd)) at the last"
    }
  }

  private static func text(_ estimate: Estimate) -> String {
    let sign = estimate.value > 0 ? "+" : ""
    return "\(sign)\(short(estimate)) [\(Numbers.short(estimate.low)), \(Numbers.short(estimate.high))]"
      + (estimate.isClear ? "" : ", no clear effect")
  }

  private static func short(_ estimate: Estimate) -> String { Numbers.short(estimate.value) }
}

extension EffectReport {
  var json: JSON {
    ["name": .string(name), "reports": .int(reports), "changes": .array(parts.map(Self.json))]
  }

  private static func json(_ part: Part) -> JSON {
    var metrics: [String: JSON] = [:]
    for line in part.lines {
      var members: [String: JSON] = [:]
      switch line.trend {
      case .failure(let problem): members["problem"] = .string(problem.description)
      case .success(let effect): members = Self.members(effect)
      }
      if let (twin, result) = line.paired { members["twin"] = json(result, twin: twin) }
      metrics[line.metric] = .object(members)
    }
    return [
      "step": .int(part.moment.step), "numbers": .array(part.moment.numbers.map(JSON.int)),
      "what": .array(part.moment.texts.map(JSON.string)), "remarks": .array(part.remarks.map(JSON.string)), "metrics": .object(metrics),
    ]
  }

  private static func members(_ effect: TrendEffect) -> [String: JSON] {
    [
      "before": ["level": json(effect.before.level), "slope": json(effect.before.slope), "reports": .int(effect.countBefore)],
      "after": ["level": json(effect.after.level), "slope": json(effect.after.slope), "reports": .int(effect.countAfter)],
      "jump": json(effect.jump), "slope_change": json(effect.slopeChange), "at_end": json(effect.atEnd),
      "first_step": .int(effect.firstStep), "last_step": .int(effect.lastStep),
    ]
  }

  private static func json(_ result: Result<PairedEffect, EffectProblem>, twin: Int) -> JSON {
    switch result {
    case .failure(let problem): ["trial": .int(twin), "problem": .string(problem.description)]
    case .success(let effect):
      [
        "trial": .int(twin), "difference": json(effect.difference), "at_end": json(effect.atEnd), "reports": .int(effect.count),
        "first_step": .int(effect.firstStep),
        "last_step": .int(effect.lastStep),
      ]
    }
  }

  private static func json(_ estimate: Estimate) -> JSON {
    ["value": .number(estimate.value), "low": .number(estimate.low), "high": .number(estimate.high), "clear": .bool(estimate.isClear)]
  }
}
