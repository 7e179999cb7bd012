extension Slot {
  /// The name that no agent has: attempts there belong to programs outside, which ask for a trial and tell what became of it.
  public static let outsideAgent = "outside"

  /// A place for a trial that somebody outside runs. Nobody starts or stops a process for it.
  public static func outside(_ index: Int) -> Slot { Slot(agent: outsideAgent, index: index) }

  /// Whether a program outside runs what is there.
  public var isOutside: Bool { agent == Self.outsideAgent }
}
