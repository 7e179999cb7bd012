import AttuneValues

extension SearchSpace {
  /// Every configuration there is, constraints kept.
  /// - Returns: `nil` when there are more than `limit` without regard to constraints, or a float without a step makes them countless.
  public func configurations(atMost limit: Int) -> [Configuration]? {
    var found = [Configuration()]
    for index in resolved {
      let parameter = parameters[index]
      guard let count = parameter.count, count <= limit else { return nil }
      let values = parameter.frozen.map { [$0] } ?? parameter.domain.values ?? []
      var next: [Configuration] = []
      for configuration in found {
        guard isActive(parameter, in: configuration) else {
          next.append(configuration)
          continue
        }
        guard next.count + values.count <= limit else { return nil }
        for value in values {
          next.append(configuration)
          next[next.count - 1][parameter.name] = value
        }
      }
      found = next
    }
    return found.filter(satisfiesConstraints)
  }
}
