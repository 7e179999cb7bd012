import AttuneCore
import AttuneMath

/// What has been tried or is under way, for finding something that has not. Failed trials count: a script that crashes at a configuration would
/// otherwise be given it for ever.
struct TriedConfigurations: Sendable {
  /// The result of a search for something new.
  enum Finding: Hashable, Sendable {
    case found(Configuration)
    /// There is nothing new.
    case none
    /// Nothing new was found, although the space may have it.
    case unknown
  }

  /// Spaces with at most so many configurations are gone through one by one.
  private static let countable = 4096
  private(set) var all: Set<Configuration> = []
  private var count = 0
  private var space: SearchSpace?

  /// Brings the set to a history, at the cost of what is new. A trial is replaced only when the space has changed.
  mutating func update(from history: History) {
    if history.space != space || history.trials.count < count { (all, count, space) = ([], 0, history.space) }
    for trial in history.trials.dropFirst(count) { all.insert(trial.configuration) }
    count = history.trials.count
  }

  /// The nearest configuration that has not been tried where they can all be looked at; else one from a growing neighbourhood.
  func untried(near configuration: Configuration, in space: SearchSpace, using random: inout RandomStream) -> Finding {
    if let known = space.configurations(atMost: Self.countable) {
      let point = space.point(of: configuration)
      let new = known.filter { !all.contains($0) }
      // Of equally near ones the first would always be taken, and a corner of the space gone through before the rest.
      let distances = new.map { (distance(point, space.point(of: $0), in: space), random.nextUnit()) }
      return zip(new, distances).min { $0.1 < $1.1 }.map { .found($0.0) } ?? .none
    }
    for draw in 0..<400 {
      let moved = neighbour(of: configuration, in: space, within: 0.02 * Double(1 + draw / 8), using: &random)
      if !all.contains(moved), space.satisfiesConstraints(moved) { return .found(moved) }
    }
    return .unknown
  }

  /// Values without an order are equally far from one another.
  private func distance(_ left: [Double], _ right: [Double], in space: SearchSpace) -> Double {
    zip(zip(left, right), space.axes).reduce(0) { sum, element in
      let ((left, right), axis) = element
      if case .unordered = axis.kind { return sum + (left == right ? 0 : 1) }
      return sum + (left - right) * (left - right)
    }
  }

  private func neighbour(
    of configuration: Configuration, in space: SearchSpace, within width: Double, using random: inout RandomStream
  ) -> Configuration {
    var point = space.point(of: configuration)
    for (index, parameter) in space.parameters.enumerated() {
      if case .unordered = parameter.axis.kind {
        guard random.nextUnit() < width else { continue }
        point[index] = parameter.unit(of: parameter.domain.value(atUnit: random.nextUnit())) ?? 0.5
      } else {
        point[index] = min(max(point[index] + (2 * random.nextUnit() - 1) * width, 0), 1)
      }
    }
    return space.configuration(at: point)
  }
}
