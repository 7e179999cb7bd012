import ArgumentParser
import AttuneValues
import AttuneWire

/// A program that embeds the original LiveTune, or serves its clients: `--livetune PORT`.
struct LiveTuneTarget: ParsableArguments {
  @Option(
    name: .customLong("livetune"),
    help: ArgumentHelp("A program that embeds the original LiveTune: the port that it announced.", valueName: "[HOST:]PORT"))
  var port: String?

  /// Where the program's dictionary listens; `nil` when another kind of program is meant.
  /// - Throws: `Failure`: bad input when it is no port, or stands beside what that protocol cannot do.
  func dictionary(besides target: TargetOptions, _ circumstances: ChangeOptions) throws(Failure) -> SocketAddress? {
    guard let port else { return nil }
    guard target.trial == nil, target.experiment == nil, target.program == nil else {
      throw Failure(.badInput, "--livetune names a program by itself; leave out --trial, --experiment and --program")
    }
    guard !circumstances.wait, circumstances.atStep == nil, circumstances.reason == nil else {
      throw Failure(.badInput, "--livetune: the original's protocol knows neither --wait nor --at-step nor --reason. Nothing was sent")
    }
    guard case .tcp(let host, let number) = SocketAddress(port.contains(":") ? port : "127.0.0.1:\(port)"), number > 0 else {
      throw Failure(.badInput, "--livetune '\(port)' is no port; allowed are 1...65535, or HOST:PORT")
    }
    return .tcp(host: host, port: number)
  }

  /// Sends values. All are of their variables' types, or none is sent.
  func set(_ assignments: [String], at dictionary: SocketAddress, _ output: JSONOption) throws(Failure) {
    let assignments = try Assignment.read(assignments)
    var sent: [String: JSON] = [:]
    do throws(LiveTuneClient.Problem) {
      let checked = try assignments.map { tag, text throws(LiveTuneClient.Problem) in
        let client = try LiveTuneClient(tag: tag, dictionary: dictionary)
        return (tag, client, try client.checked(text))
      }
      for (tag, client, text) in checked {
        try client.set(text)
        sent[tag] = .string(text)
      }
    } catch {
      let already = sent.isEmpty ? "" : " Sent before: \(sent.keys.sorted().joined(separator: ", "))."
      throw Failure(error, already)
    }
    let what = assignments.map { "\($0.tag)=\($0.text)" }.joined(separator: " ")
    print(output.isJSON ? JSON.object(["sent": .object(sent)]).text : "sent: \(what) (LiveTune's protocol does not say what became of it)")
  }

  /// Fires a trigger.
  func fire(_ tag: String, at dictionary: SocketAddress, _ output: JSONOption) throws(Failure) {
    do throws(LiveTuneClient.Problem) { try LiveTuneClient(tag: tag, dictionary: dictionary).fire() } catch { throw Failure(error) }
    print(output.isJSON ? JSON.object(["sent": .string(tag)]).text : "sent: \(tag) (LiveTune's protocol does not say what became of it)")
  }
}

extension Failure {
  /// What went wrong with a program of the original's, with its exit status.
  init(_ problem: LiveTuneClient.Problem, _ already: String = "") {
    switch problem {
    case .unknown(let text): self.init(.unknown, text + already)
    case .refused(let text): self.init(.refused, text + already)
    case .wire(let error):
      let failure = Failure(error)
      self.init(failure.status, failure.description + already)
    }
  }
}
