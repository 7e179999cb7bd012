import AttuneValues
import AttuneWire
import Foundation

/// Asks everybody in the runtime directories at once who they are: one that hangs delays nobody's answer, and all of them by the limit at most.
struct Survey {
  /// What came back from one socket.
  struct Answers {
    let entry: RuntimeDirectory.Entry
    /// `hello`'s result.
    var identity: JSON?
    /// The result of `variables.list`, or of the controller's list of programs.
    var content: JSON?
    /// Why there is nothing, for a person.
    var problem: String?

    var isComplete: Bool { problem != nil || (identity != nil && content != nil) }
  }

  private let loop: LineLoop
  private let news: News

  /// - Throws: `WireError.system` when the process has no descriptor or thread left.
  init() throws(WireError) {
    let news = try News()
    self.news = news
    loop = try LineLoop(name: "attune-survey") { _, event in news.take(event) }
  }

  /// Asks everybody, and waits until all have answered or the time is over.
  func ask(_ entries: [RuntimeDirectory.Entry], within limit: Duration) -> [Answers] {
    defer { loop.stop() }
    let deadline = Moment.after(limit)
    for entry in entries { ask(entry) }
    while !news.isComplete, news.bell.wait(until: deadline) {}
    return news.all.map { answers in
      var answers = answers
      if !answers.isComplete { answers.problem = Self.silence(of: answers.entry) }
      return answers
    }
  }

  private func ask(_ entry: RuntimeDirectory.Entry) {
    do throws(WireError) {
      let peer = try loop.dial(entry.address, within: .zero)
      news.expect(peer, entry)
      for (id, method) in [LiveMethod.hello, entry.listMethod].enumerated() {
        loop.send(WireMessage.request(id: .int(id), method: method, parameters: [:]).json, to: peer)
      }
    } catch {
      if case .timedOut = error { news.fail(entry, Self.silence(of: entry)) } else { news.fail(entry, error.description) }
    }
  }

  /// In words, why nothing comes from somebody who is there.
  static func silence(of entry: RuntimeDirectory.Entry) -> String {
    if case .program(_, let pid) = entry.owner, RunningProcess(pid)?.isStopped == true { return "not answering: the process is stopped" }
    return "not answering"
  }
}

extension RuntimeDirectory.Entry {
  /// What to ask it for besides its name.
  var listMethod: String {
    switch owner {
    case .experiment: ControlMethod.listPrograms
    case .program: LiveMethod.listVariables
    }
  }
}
