import ArgumentParser
import AttuneCore
import AttuneSchedulers
import AttuneSimulator
import AttuneTraces

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Plays a trace under a virtual clock and compares schedulers.",
    discussion: """
      attune simulate --trace cifar10.csv --columns config,epoch,seconds_cumulative --metric val_accuracy --goal maximize \\
        --target 0.83 --slots 5 --configurations 100 --repeats 30 --schedulers pop,asha:min_steps=2,bandit,fifo
      attune simulate --what-if digits --slots 8 --schedulers fifo,asha,pop
      """)

  @OptionGroup var source: TraceOptions
  @OptionGroup(title: "Conditions") var world: ConditionOptions
  @Option(help: "Schedulers to compare: NAME[:OPTION=VALUE…],… (default: all that need no options). Ratios are to the first.")
  var schedulers: String?
  @Option(help: "Configurations of each repeat (default: all).")
  var configurations: Int?
  @Option(help: "How often to play, each time in another order.")
  var repeats: Int?
  @Option(help: "Of all random numbers. The same seed gives the same answer.")
  var seed: UInt64 = 0
  @Option(
    help:
      "Which configurations, in which order: sets (random), one-set (the same in every repeat), as-given, drawn (again and again)."
  )
  var order: OrderWord?
  @Option(help: "Compare the best value up to so many seconds (default: until the last scheduler has ended).")
  var budget: Double?
  @Option(help: "Simulations at a time (default: one for each processor).")
  var jobs: Int?
  @Option(help: ArgumentHelp("Write runs.csv, best.csv, trials.csv and allocation.csv into this folder.", valueName: "folder"))
  var csv: String?
  @Option(help: ArgumentHelp("Draw plots into this folder.", valueName: "folder"))
  var svg: String?
  @OptionGroup var output: JSONOption

  /// The word for an order.
  enum OrderWord: String, ExpressibleByArgument, CaseIterable {
    case sets
    case oneSet = "one-set"
    case asGiven = "as-given"
    case drawn

    var order: ConfigurationOrder {
      switch self {
      case .sets: .sets
      case .oneSet: .oneSet
      case .asGiven: .asGiven
      case .drawn: .drawn
      }
    }
  }

  func run() async throws {
    for (name, value) in [("repeats", repeats), ("jobs", jobs)] {
      if let value, value < 1 { throw Failure(.badInput, "--\(name) \(value) refused; allowed: 1 or more") }
    }
    if let budget, !(budget > 0) { throw Failure(.badInput, "--budget \(budget) refused; allowed: seconds above 0") }
    let entries = try schedulers.map { try SchedulerList.read($0) }
    let played = try source.played()
    do {
      let plan = try plan(played, entries ?? Self.standard(for: played))
      let comparison = Comparison(try await plan.runs(jobs: jobs), of: plan.workload, budget: budget, seed: seed)
      let report = SimulationReport(played: played, plan: plan, comparison: comparison)
      if let svg { for plot in comparison.plots { try SimulationReport.write(plot.name, plot.text, into: svg) } }
      if let csv { try report.writeTables(to: csv) }
      print(output.isJSON ? report.json.text : report.text)
    } catch let error as SimulationError {
      throw Failure(.badInput, "\(played.name): \(error)")
    }
  }

  private func plan(_ played: PlayedTrace, _ entries: [SchedulerList.Entry]) throws -> SimulationPlan {
    let conditions = world.conditions(slots: played.slots, steps: played.steps)
    let workload = try Workload(played.trace, objective: played.objective, steps: conditions.steps)
    let order = order?.order ?? (played.experiment == nil ? .sets : .asGiven)
    let orders = try (0..<(repeats ?? 1)).map { repetition in
      try order.indices(configurations, of: workload.count, repetition: repetition, seed: seed)
    }
    return SimulationPlan(workload: workload, conditions: conditions, orders: orders, order: order, schedulers: entries, seed: seed)
  }

  /// What the experiment had, and whatever else can do without options.
  private static func standard(for played: PlayedTrace) throws -> [SchedulerList.Entry] {
    let own = played.scheduler
    let others = SchedulerCatalog.names.filter { $0 != own?.name }.map { AlgorithmChoice($0) }
    let choices = ((own.map { [$0] } ?? []) + others).compactMap { try? SchedulerList.entry($0) }
    return choices
  }
}
