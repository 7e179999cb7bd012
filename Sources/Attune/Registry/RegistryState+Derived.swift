import AttuneValues

/// Values that are calculated from variables.
extension RegistryState {
  /// A calculated value, as the registry knows it.
  struct Derivation: Sendable {
    let id: Int
    let tags: Set<String>
    /// Calculates it again; `false` when it is gone.
    let refresh: @Sendable () -> Bool
  }

  /// Gives a variable a value.
  mutating func give(_ tag: String, _ value: Value) {
    tell(tag, value)
    version += 1
    if !derivations.isEmpty { stale.insert(tag) }
  }

  mutating func derive(from tags: Set<String>, refresh: @escaping @Sendable () -> Bool) {
    derivations.append(Derivation(id: (derivations.last?.id ?? 0) + 1, tags: tags, refresh: refresh))
  }

  /// What is to be calculated again, in the order of declaration: what is derived from derived values comes behind them.
  mutating func takeStale() -> [Derivation] {
    guard !stale.isEmpty else { return [] }
    defer { stale = [] }
    return derivations.filter { !$0.tags.isDisjoint(with: stale) }
  }
}
