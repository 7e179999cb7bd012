import AttuneCore
import AttuneSchedulers
import AttuneSimulator
import AttuneTraces
import System

/// How many events a second one core simulates: `SimulatorSpeed SCHEDULER TRIALS SLOTS [SUSPEND 0|1]` prints a line of JSON. Times are the thread's own processor time.
///
/// The curves are made here: 1,000 configurations of 27 steps, drawn again and again; every step takes its configuration's time.
@main
struct SimulatorSpeed {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let name = words.first ?? "asha"
    let trials = words.count > 1 ? Int(words[1]) ?? 100_000 : 100_000
    let slots = words.count > 2 ? Int(words[2]) ?? 16 : 16
    let canSuspend = words.count > 3 ? words[3] != "0" : true
    let workload = try Workload(trace(configurations: 1000, steps: 27), objective: Objective(metric: "accuracy", goal: .maximize))
    let order = try ConfigurationOrder.drawn.indices(trials, of: workload.count, repetition: 0, seed: 1)
    var conditions = Conditions()
    (conditions.slots, conditions.canSuspend) = (slots, canSuspend)
    let choice = AlgorithmChoice(name)
    let experiment = try SimulatedExperiment(
      workload, order: order, scheduler: SchedulerCatalog.make(choice), called: choice, conditions: conditions)
    let start = threadNanoseconds()
    let run = experiment.finished()
    let took = (threadNanoseconds() - start) / 1e9
    let steps = run.trials.reduce(0) { $0 + $1.reports }
    say(
      "{\"scheduler\": \"\(name)\", \"trials\": \(run.trials.count), \"slots\": \(slots), \"events\": \(run.events), "
        + "\"reports\": \(steps), \"suspensions\": \(run.suspensions), \"seconds\": \(took), "
        + "\"events_per_second\": \(Double(run.events) / took), \"peak_megabytes\": \(peakMegabytes() ?? 0)}")
  }

  /// Saturating curves with noise, as accuracies are.
  static func trace(configurations: Int, steps: Int) -> Trace {
    Trace(
      metrics: ["accuracy"],
      trials: (0..<configurations).map { index in
        let unit = { (salt: Int) in Double((index &* 7919 &+ salt &* 104_729) % 10_007) / 10_007 }
        let values = (1...steps).map { step in
          unit(1) * (1 - 1 / (1 + (0.1 + unit(2)) * Double(step))) + 0.01 * unit(step + 10)
        }
        return TracedTrial(
          name: "\(index)", steps: Array(1...steps), seconds: (1...steps).map { Double($0) * (0.5 + unit(3)) },
          metrics: ["accuracy": values])
      })
  }
}
