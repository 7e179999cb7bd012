import AttuneValues
import Foundation

/// What `attune ask` does.
struct Asking {
  /// A file's path, or an experiment's name.
  var target: String
  var count = 1
  /// A trial that was asked for before.
  var again: Int?
  var isNew = false
  /// Answer requests on standard input instead.
  var serves = false
  /// `--store`.
  var store: String?

  func run() async throws {
    let workspace = Workspace(store, isBrief: !serves)
    let (store, record) = try AskTarget(workspace: workspace, word: target, isNew: isNew).find()
    let desk = try await TrialDesk.open(record, in: store, workspace, serves: serves)
    do {
      if serves { await TrialService(desk: desk).run() } else { try await ask(desk) }
    } catch {
      try await desk.close()
      throw error
    }
    try await desk.close()
    Self.leave()
  }

  private func ask(_ desk: TrialDesk) async throws {
    for _ in 0..<count {
      let answer = try await desk.request(ControlMethod.ask, again.map { ["again": .int($0)] } ?? [:])
      if let reason = answer["reason"]?.string { throw Failure(.refused, reason) }
      print(answer.text)
    }
  }

  /// Without closing the store: its last connection would move the write-ahead log into the database and wait for the disk, at every
  /// question. What is in the log is safe from the death of a process, and the next one finds it there.
  static func leave() -> Never {
    Foundation.exit(EXIT_SUCCESS)
  }
}

extension Asking {
  /// The plain forms, read by hand: scripts ask once a trial, and to set up the parser of all forms takes longer than the question.
  /// - Returns: `nil` for any other form, and for mistakes, which the parser explains.
  init?(quick words: ArraySlice<String>) {
    var words = words
    var target: String?
    var (count, store) = (1, String?.none)
    while let word = words.popFirst() {
      switch word {
      case "--json": break
      case "--store":
        guard let folder = words.popFirst(), !folder.hasPrefix("-") else { return nil }
        store = folder
      case "-n":
        guard let number = words.popFirst().flatMap({ Int($0) }), (1...10_000).contains(number) else { return nil }
        count = number
      default:
        guard target == nil, !word.hasPrefix("-"), !word.isEmpty else { return nil }
        target = word
      }
    }
    guard let target else { return nil }
    self.init(target: target, count: count, store: store)
  }
}
