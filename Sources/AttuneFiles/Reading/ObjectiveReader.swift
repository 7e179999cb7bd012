import AttuneCore

/// Reads what counts as better: `objective` or `objectives`, `outcome_constraints`, `stop_when`, `seeds`.
enum ObjectiveReader {
  /// At least one.
  static func objectives(of file: FileSection) throws(FileProblem) -> [Objective] {
    guard let several = try file.optional("objectives") else { return [try objective(file.required("objective"))] }
    if let place = file.place(of: "objective") {
      throw file.item.problem("'objective' and 'objectives' stand here; allowed is one of them", at: place)
    }
    let items = try several.list("a list of mappings, e.g. [{metric: loss, goal: minimize}, {metric: latency, goal: minimize}]")
    guard !items.isEmpty else { throw several.problem("got an empty list; allowed is one objective or more") }
    var objectives: [Objective] = []
    for item in items {
      let objective = try objective(item, isAlone: items.count == 1)
      guard !objectives.contains(where: { $0.metric == objective.metric }) else {
        throw item.problem("'\(objective.metric)' is there twice; each objective needs a metric of its own")
      }
      objectives.append(objective)
    }
    return objectives
  }

  /// Each a bound on one metric.
  static func bounds(_ item: FileItem?, example: String) throws(FileProblem) -> [OutcomeConstraint] {
    var constraints: [OutcomeConstraint] = []
    for item in try item?.list("a list of texts, e.g. [\"\(example)\"]") ?? [] {
      let allowed = "METRIC <= NUMBER or METRIC >= NUMBER, e.g. \"\(example)\""
      let text = try item.text(allowed)
      guard let match = text.wholeMatch(of: /\s*(\S.*?)\s*(<=|>=)\s*(\S+)\s*/), let bound = Double(match.3), bound.isFinite else {
        throw item.refusal(allowed)
      }
      constraints.append(OutcomeConstraint(metric: String(match.1), match.2 == "<=" ? .atMost : .atLeast, bound))
    }
    return constraints
  }

  static func seeds(_ item: FileItem?) throws(FileProblem) -> Seeds? {
    guard let item else { return nil }
    let section = try FileSection(item, .seeds)
    let standard = Seeds()
    let summary = try section.optional("summary")?.word(Seeds.Summary.self) ?? standard.summary
    var quantile = standard.quantile
    if let item = try section.optional("quantile") {
      let allowed = "a number between 0 and 1, both excluded"
      quantile = try item.number(allowed)
      guard quantile > 0, quantile < 1 else { throw item.refusal(allowed) }
      guard summary == .quantile else { throw item.problem("goes with summary: quantile; summary is \(summary.rawValue)") }
    }
    return Seeds(
      tune: try section.optional("tune")?.count(from: 1) ?? standard.tune,
      test: try section.optional("test")?.count(from: 0) ?? standard.test, summary: summary, quantile: quantile)
  }

  private static func objective(_ item: FileItem, isAlone: Bool = true) throws(FileProblem) -> Objective {
    let section = try FileSection(item, .objective)
    let metric = try section.required("metric").text("the name under which trials report it, e.g. accuracy")
    let goal = try section.required("goal").word(Objective.Goal.self)
    let target = try section.optional("target")?.number()
    let summary = try section.optional("summary")
    if let summary, !isAlone {
      throw summary.problem("does not go with several objectives: their values are those of the last report that has all the metrics")
    }
    return Objective(
      metric: metric, goal: goal, target: target, summary: try summary?.word(Objective.Summary.self) ?? (isAlone ? .best : .last))
  }
}
