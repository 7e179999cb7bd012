import AttuneValues
import AttuneWire
import Synchronization

/// What a survey has heard so far; written on the loop's thread, read by who waits.
final class News: Sendable {
  /// Rung whenever something has come.
  let bell: Bell
  private let answers = Mutex<[(peer: Peer?, answers: Survey.Answers)]>([])

  init() throws(WireError) { bell = try Bell() }

  var all: [Survey.Answers] { answers.withLock { $0.map(\.answers) } }
  var isComplete: Bool { answers.withLock { $0.allSatisfy(\.answers.isComplete) } }

  func expect(_ peer: Peer, _ entry: RuntimeDirectory.Entry) {
    answers.withLock { $0.append((peer, Survey.Answers(entry: entry))) }
  }

  func fail(_ entry: RuntimeDirectory.Entry, _ problem: String) {
    answers.withLock { $0.append((nil, Survey.Answers(entry: entry, problem: problem))) }
  }

  func take(_ event: LineLoop.Event) {
    switch event {
    case .opened: return
    case .closed(let peer): note(from: peer) { if !$0.isComplete { $0.problem = "hung up before it answered" } }
    case .line(let peer, let line):
      switch try? WireMessage(parsing: line) {
      case .result(0, let identity): note(from: peer) { $0.identity = identity }
      case .result(1, let content): note(from: peer) { $0.content = content }
      case .failure(_, let failure): note(from: peer) { $0.problem = failure.message }
      default: return
      }
    }
    bell.ring()
  }

  private func note(from peer: Peer, _ change: (inout Survey.Answers) -> Void) {
    answers.withLock { answers in
      guard let index = answers.firstIndex(where: { $0.peer == peer }) else { return }
      change(&answers[index].answers)
    }
  }
}
