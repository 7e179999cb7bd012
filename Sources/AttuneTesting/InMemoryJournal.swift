import AttuneCore
import Synchronization

/// A journal that lives as long as the process: the twin of the store.
public final class InMemoryJournal: Journal {
  private struct Contents {
    var entries: [JournalEntry] = []
    var failure: (any Error)?
  }

  private let contents: Mutex<Contents>

  /// A journal with these entries in it.
  public init(_ entries: [JournalEntry] = []) { contents = Mutex(Contents(entries: entries)) }

  /// Keeps them all.
  public func append(_ entries: [JournalEntry], updating trials: [Trial]) throws {
    try contents.withLock { contents in
      if let failure = contents.failure { throw failure }
      contents.entries += entries
    }
  }

  /// Shows everything kept.
  public func replay(_ body: (JournalEntry) throws -> Void) throws { try contents.withLock { $0.entries }.forEach(body) }

  /// From now on every `append` throws this: a full disk.
  public func fail(with error: any Error) { contents.withLock { $0.failure = error } }
}
