import ArgumentParser
import AttuneValues

struct AskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Gives the next trial to a program of your own, which tells its result with `attune tell`.",
    discussion: """
      attune ask search.yaml              begins the file's experiment, or goes on with it; a file for this needs no command
      attune ask digits -n 4              four trials of an experiment
      attune ask digits --again 7         trial 7 once more, which was asked for and never told

      Each is a line of JSON: {"configuration":{…},"experiment":"search","seed":123,"trial":7}. Exit status 4: there is nothing more to try.
      """)

  @Argument(help: "An experiment file, or an experiment's name.")
  var target: String
  @Option(name: [.customShort("n"), .long], help: "How many trials.")
  var count = 1
  @Option(help: "A trial that was asked for and never told, to be begun anew.")
  var again: Int?
  @Flag(help: "Begin a new experiment with the file, even when there is one.")
  var new = false
  @Flag(help: "Answer requests on standard input until it ends: for client libraries.")
  var serve = false
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func validate() throws {
    guard (1...10_000).contains(count) else { throw ValidationError("-n \(count) refused; allowed: 1...10000") }
    guard again == nil || (count == 1 && !new && !serve) else { throw ValidationError("--again asks for that one trial; leave out the rest") }
  }

  func run() async throws {
    let (store, record) = try AskTarget(place: place, word: target, isNew: new).find()
    let desk = try await TrialDesk.open(record, in: store, place.workspace, serves: serve)
    if serve {
      await TrialService(desk: desk, name: record.name).run()
    } else {
      do {
        for _ in 0..<count {
          let answer = try await desk.request(ControlMethod.ask, again.map { ["again": .int($0)] } ?? [:])
          if let reason = answer["reason"]?.string { throw Failure(.refused, reason) }
          print(answer.text)
        }
      } catch {
        try await desk.close()
        throw error
      }
    }
    try await desk.close()
  }
}
