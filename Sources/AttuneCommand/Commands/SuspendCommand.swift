import ArgumentParser
import AttuneValues
import AttuneWire

struct SuspendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suspend", abstract: "Takes a trial off its slot, until `attune resume --trial` lets it go on.",
    discussion: """
      attune suspend digits --trial 3 --wait

      How, the experiment file says (`suspend: checkpoint` or `signal`). No scheduler resumes what a person has suspended. A trial that
      cannot be suspended runs on.
      """)

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "The trial's number.")
  var trial: Int
  @Flag(help: "Return when the slot is free, not when the order is accepted.")
  var wait = false
  @Option(help: "Seconds to wait at the most.")
  var timeout = 60.0
  @OptionGroup var place: StoreOption

  func run() async throws {
    let address = try TargetOptions.controllerAddress(experiment, place)
    let target = Target(client: try TargetOptions.dial(address), trial: trial)
    // Subscribed before it is sent: what happens at once is not missed.
    var news: [(String, JSON)] = []
    if wait { _ = try target.request(LiveMethod.subscribeToChanges) { news.append(($0, $1)) } }
    let answer = try target.request(ControlMethod.suspendTrial, ["by": .string(Person.name)]) { news.append(($0, $1)) }
    print(wait ? try outcome(of: answer["number"]?.int, news, from: target) : "trial \(trial) is being suspended")
  }

  private func outcome(of number: Int?, _ early: [(String, JSON)], from target: Target) throws -> String {
    let deadline = ContinuousClock.now + .seconds(timeout)
    var news = early
    while true {
      for (method, parameters) in news {
        if method == ControlMethod.suspended {
          return "trial \(trial) is suspended, after \(Numbers.short((parameters["seconds"]?.double ?? 0) * 1000)) ms"
        }
        if method == ControlMethod.stayed || method == ControlMethod.refused && parameters["number"]?.int == number {
          throw Failure(.refused, "trial \(trial) runs on: \(parameters["message"]?.string ?? "it could not be suspended")")
        }
      }
      do throws(WireError) {
        let next = try target.client.notification(within: max(.zero, deadline - .now))
        news = [(next.method, next.parameters)]
      } catch {
        guard case .timedOut = error else { throw Failure(error) }
        throw Failure(.timedOut, "trial \(trial) has not given up its slot within \(timeout) s; it will, or it runs on")
      }
    }
  }
}
