import ArgumentParser
import AttuneCore
import AttuneStore
import AttuneValues

struct AddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a configuration of your own, which is tried before the proposer is asked again.",
    discussion: """
      attune add digits learning_rate=0.01 solver=adam

      Every parameter that exists beside the others needs a value. It counts as a trial; `limits.trials` must have room for it.
      """)

  @Argument(help: "The experiment's name.")
  var experiment: String
  @Argument(help: "The configuration, NAME=VALUE for each parameter.")
  var values: [String]
  @OptionGroup var place: StoreOption

  func run() async throws {
    let (store, record) = try place.open(experiment)
    let configuration = Self.configuration(of: try Assignment.read(values), in: try store.space(of: record))
    let desk = try await TrialDesk.open(record, in: store, place.workspace)
    do {
      _ = try await desk.request(ControlMethod.addTrial, ["configuration": configuration.json, "by": .string(Person.name)])
      try await desk.close()
    } catch {
      try await desk.close()
      throw error
    }
    print("\(record.name): will be tried next: \(configuration)")
  }

  /// Of what a text may mean, what the parameter takes; whether the whole is a configuration, the experiment says.
  private static func configuration(of words: [(tag: String, text: String)], in space: SearchSpace) -> Configuration {
    var configuration = Configuration()
    for (name, text) in words {
      let meanings = [Value(typed: text), .string(text)]
      configuration[name] = meanings.first { space[name]?.domain.contains($0) ?? true } ?? meanings[0]
    }
    return configuration
  }
}
