import ArgumentParser

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
    guard again == nil || (count == 1 && !new && !serve) else {
      throw ValidationError("--again asks for that one trial; leave out the rest")
    }
  }

  func run() async throws {
    try await Asking(target: target, count: count, again: again, isNew: new, serves: serve, store: place.store).run()
  }
}
