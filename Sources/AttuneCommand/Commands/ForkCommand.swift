import ArgumentParser
import AttuneStore
import AttuneValues
import AttuneWire

struct ForkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fork", abstract: "Runs an unchanged twin of a trial beside it, from a copy of its checkpoint.",
    discussion: """
      attune fork digits --trial 3                  from now on: change trial 3 afterwards, and compare
      attune fork digits --trial 3 --at-change 5    without change 5 and what came later, from a checkpoint of before
      attune effect digits --trial 3                says what the twin shows
      """)

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "The trial.")
  var trial: Int
  @Option(help: "Leave out the change of that number and later ones.")
  var atChange: Int?
  @Flag(help: "Run the twin from its first step, with no checkpoint.")
  var fromStart = false
  @Option(help: "Seconds to wait for the checkpoint and its copy.")
  var timeout = 60.0
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let (store, record) = try place.open(experiment)
    let target = Target(client: try TargetOptions.dial(TargetOptions.controllerAddress(record.name, place)), trial: trial)
    var members: [String: JSON] = ["by": .string(Person.name), "fromStart": .bool(fromStart)]
    if let atChange { members["change"] = .int(atChange) }
    var news: [(String, JSON)] = []
    _ = try Target(client: target.client, trial: nil).request(LiveMethod.subscribeToChanges) { news.append(($0, $1)) }
    let answer = try target.request(ControlMethod.fork, members) { news.append(($0, $1)) }
    let twin = answer["twin"]?.int ?? 0
    if !fromStart { try awaitCopy(for: twin, news, from: target) }
    let origin = try store.trial(twin, of: record)?.trial.origin
    let step = origin?.step ?? 0
    if output.isJSON {
      let document: JSON = [
        "trial": .int(trial), "twin": .int(twin), "step": .int(step), "left_out": .array((origin?.leftOut ?? []).map(JSON.int)),
      ]
      return print(document.text)
    }
    let leftOut = (origin?.leftOut ?? []).map(String.init).joined(separator: ", ")
    print(
      "trial \(twin) is the twin of trial \(trial) from step \(step) on, without "
        + (leftOut.isEmpty ? "what is changed from now on" : "change \(leftOut) and what is changed from now on")
        + "; it runs as soon as a slot is free. `attune effect \(record.name) --trial \(trial)` compares them")
  }

  private func awaitCopy(for twin: Int, _ early: [(String, JSON)], from target: Target) throws {
    let deadline = ContinuousClock.now + .seconds(timeout)
    var news = early
    while true {
      for (method, notice) in news where method == ControlMethod.forked && notice["trial"]?.int == twin {
        guard let problem = notice["problem"]?.string else { return }
        throw Failure(.refused, "trial \(twin), the twin, cannot begin: \(problem)")
      }
      do throws(WireError) {
        let next = try target.client.notification(within: max(.zero, deadline - .now))
        news = [(next.method, next.parameters)]
      } catch {
        guard case .timedOut = error else { throw Failure(error) }
        throw Failure(
          .timedOut,
          "trial \(twin) is to be the twin of trial \(trial), but its checkpoint has not come within \(timeout) s; it begins when it comes "
            + "(a program saves after its next step)")
      }
    }
  }
}
