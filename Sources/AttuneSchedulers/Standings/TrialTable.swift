import AttuneCore

/// What is kept of each trial, by its number; what was never written is blank.
struct TrialTable<Entry: Sendable>: Sendable {
  private let blank: Entry
  private var entries: [Entry] = []

  init(blank: Entry) { self.blank = blank }

  subscript(id: TrialID) -> Entry {
    get { id.rawValue <= entries.count ? entries[id.rawValue - 1] : blank }
    _modify {
      if id.rawValue > entries.count { entries.append(contentsOf: repeatElement(blank, count: id.rawValue - entries.count)) }
      yield &entries[id.rawValue - 1]
    }
  }
}
