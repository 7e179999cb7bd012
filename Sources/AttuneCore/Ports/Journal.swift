/// An event with the mark of where it came from.
public struct JournalEntry: Hashable, Sendable {
  /// What happened.
  public let event: Event
  /// The runner's source and number, for what a runner saw; `nil` for the controller's own.
  public let origin: Origin?

  /// Who saw an event, and its number there.
  public struct Origin: Hashable, Sendable {
    /// An agent's name.
    public let source: String
    /// From 1, ascending within the source.
    public let sequence: Int

    /// That number of that source.
    public init(source: String, sequence: Int) {
      self.source = source
      self.sequence = sequence
    }
  }

  /// An entry.
  public init(_ event: Event, origin: Origin? = nil) {
    self.event = event
    self.origin = origin
  }
}

/// Where an experiment's events are kept. Appending is all that is ever done to it.
public protocol Journal: Sendable {
  /// Keeps all of the entries or none, in order; when it returns they survive the death of the process.
  /// - Parameter trials: as they are after the entries; for views beside the journal, which can be rebuilt from it.
  func append(_ entries: [JournalEntry], updating trials: [Trial]) throws
  /// Shows everything kept, in order, one at a time: of a long experiment nobody needs all entries at once.
  /// - Throws: what `body` throws, which ends the reading.
  func replay(_ body: (JournalEntry) throws -> Void) throws
}

extension Journal {
  /// Everything kept, in order.
  public func entries() throws -> [JournalEntry] {
    var entries: [JournalEntry] = []
    try replay { entries.append($0) }
    return entries
  }
}
