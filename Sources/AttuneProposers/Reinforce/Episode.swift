import AttuneCore
import AttuneMath

/// A configuration as the decisions that led to it, in order.
struct Episode: Sendable {
  /// One decision made.
  struct Step: Sendable {
    /// Which decision, counted in the controller.
    let decision: Int
    let option: Int
    /// The options there were.
    let open: ClosedRange<Int>
  }

  var steps: [Step] = []
}

/// The decisions of a space, one for each parameter, those that others depend on first; before them, where trials are grown, whether to
/// start anew (0) or from a trained trial (1).
struct DecisionList: Sendable {
  private let space: SearchSpace
  private let decisions: [Decision]
  /// Whether the first decision is about growing.
  let grows: Bool

  init(_ space: SearchSpace, levels: Int, grows: Bool) {
    self.space = space
    self.grows = grows
    decisions = space.resolved.map { Decision(space.parameters[$0], at: $0, levels: levels) }
  }

  /// How many options each decision has.
  var counts: [Int] { (grows ? [2] : []) + decisions.map(\.count) }

  /// Whether there is more than one configuration.
  var canVary: Bool { decisions.contains { $0.count > 1 } }

  /// The decisions that would have led to a trial.
  /// - Parameter parent: what it was grown from.
  func episode(of observation: Observation, from parent: Observation?, canGrow: Bool) -> Episode {
    var episode = Episode()
    if grows { episode.steps.append(Episode.Step(decision: 0, option: parent == nil ? 0 : 1, open: canGrow ? 0...1 : 0...0)) }
    for (index, decision) in decisions.enumerated() where observation.isActive[decision.parameter] {
      let option = decision.option(at: observation.point[decision.parameter])
      let open = self.open(decision, from: parent)
      let isInside = open.contains(option)
      episode.steps.append(
        Episode.Step(decision: index + (grows ? 1 : 0), option: option, open: isInside ? open : 0...(decision.count - 1)))
    }
    return episode
  }

  /// Makes the decisions.
  /// - Parameters:
  ///   - parent: what to grow from, should that be decided.
  ///   - choose: an option of the open ones of a decision.
  /// - Returns: the configuration, and whether it was grown.
  func decide(
    from parent: Observation?, using random: inout RandomStream, _ choose: (Int, ClosedRange<Int>, inout RandomStream) -> Int
  ) -> (Configuration, isGrown: Bool) {
    let isGrown = grows && choose(0, parent == nil ? 0...0 : 0...1, &random) == 1
    let parent = isGrown ? parent : nil
    var configuration = Configuration()
    for (index, decision) in decisions.enumerated() {
      let parameter = space.parameters[decision.parameter]
      guard space.isActive(parameter, in: configuration) else { continue }
      let option = choose(index + (grows ? 1 : 0), open(decision, from: parent), &random)
      let floor = parent.flatMap { decision.isSize && $0.isActive[decision.parameter] ? $0.point[decision.parameter] : nil }
      let isKept = decision.isChoice && parent?.isActive[decision.parameter] == true
      let unit = isKept ? parent?.point[decision.parameter] : nil
      configuration[parameter.name] = parameter.value(
        atUnit: unit ?? decision.coordinate(of: option, atLeast: floor, using: &random))
    }
    return (configuration, isGrown)
  }

  /// What keeps a parent's function: sizes not below its own, choices as they are. What it does not have is free.
  private func open(_ decision: Decision, from parent: Observation?) -> ClosedRange<Int> {
    guard let parent, parent.isActive[decision.parameter] else { return 0...(decision.count - 1) }
    let option = decision.option(at: parent.point[decision.parameter])
    if decision.isChoice { return option...option }
    return (decision.isSize ? option : 0)...(decision.count - 1)
  }
}
