import AttuneValues

extension SearchSpace {
  /// Configurations there are, without regard to conditions and constraints; `nil` when a float without a step, or more than 2⁶² of them,
  /// make it pointless to count.
  public var configurationCount: Int? {
    var product = 1
    for parameter in parameters {
      guard let count = parameter.count else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: count)
      if overflow { return nil }
      product = next
    }
    return product
  }

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
