import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct AtomicChangeTests {
  let directory: TemporaryDirectory
  let program: TestProgram
  let rate: LiveVariable<Double>
  let solver: LiveVariable<String>

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory)
    rate = LiveVariable("rate", 0.5, in: 0...1, group: "optimizer", registry: program.registry)
    solver = LiveVariable("solver", "sgd", choices: ["sgd", "adam", "lbfgs"], group: "data", registry: program.registry) {
      $0 == "lbfgs" ? "it needs full batches" : nil
    }
  }

  @Test func changesAllOrNone() throws {
    try program.registry.change(reason: "plateau") {
      $0.set(rate, 0.1)
      $0.set(solver, "adam")
    }
    #expect(rate() == 0.1 && solver() == "adam")
    #expect(throws: LiveError(message: "'solver' = 'lbfgs' refused: it needs full batches. The program keeps adam.")) {
      try program.registry.change {
        $0.set(rate, 0.2)
        $0.set(solver, "lbfgs")
      }
    }
    #expect(rate() == 0.1 && solver() == "adam")
    try program.registry.change { _ in }
    let change = try program.changes(1)[0]
    #expect(change.values == ["rate": 0.1, "solver": "adam"])
    #expect([change.number, change.n] == [0, 1])
    #expect(change.by == "program" && change.reason == "plateau" && !change.isImmediate)
  }

  @Test func snapshotIsOfOneMoment() throws {
    program.registry.step(3)
    let before = program.registry.snapshot()
    try program.registry.change {
      $0.set(rate, 0.1)
      $0.set(solver, "adam")
    }
    let later = LiveVariable("later", 7, registry: program.registry)
    let after = program.registry.snapshot()
    #expect(before[rate] == 0.5 && before[solver] == "sgd" && before.step == 3)
    #expect(before.values == ["rate": 0.5, "solver": "sgd"])
    #expect(before[later] == 7)
    #expect(after[rate] == 0.1 && after[solver] == "adam" && after[later] == 7)
  }

  /// A type with live properties.
  struct Trainer {
    @Live var rate: Double
    @Live var depth: Int
    @Live var solver: String
    @Live var usesNoise: Bool

    init(_ registry: LiveRegistry) {
      _rate = Live(wrappedValue: 0.5, "rate", in: 0...1, registry: registry)
      _depth = Live(wrappedValue: 2, "depth", registry: registry) { $0 > 0 ? nil : "it must be positive" }
      _solver = Live(wrappedValue: "sgd", "solver", choices: ["sgd", "adam", "lbfgs"], registry: registry)
      _usesNoise = Live(wrappedValue: false, "noise", registry: registry)
    }
  }

  /// As people write it.
  struct Shared {
    @Live("attune_tests_rate", in: 0...1, scale: .log) var rate = 0.25
    @Live("attune_tests_solver", choices: ["sgd", "adam"]) var solver = "sgd"
    @Live("attune_tests_noise") var usesNoise = true
  }

  @Test func propertiesReadAsValues() throws {
    let trainer = Trainer(program.registry)
    let second = Trainer(program.registry)
    let values: [String: Value] = ["rate": 0.125, "depth": 4, "solver": "adam", "noise": true]
    _ = try program.client().request(LiveMethod.setVariables, SetRequest(values: values).json)
    for each in [trainer, second] {
      #expect(each.rate == 0.125 && each.depth == 4 && each.solver == "adam" && each.usesNoise)
    }
    #expect(trainer.$depth.isChanged() && !trainer.$depth.isChanged())
    #expect(throws: LiveError(message: "'depth' = 0 refused: it must be positive. The program keeps 4.")) { try second.$depth.set(0) }
    #expect(trainer.$rate.tag == "rate")
  }

  @Test func propertiesAreDeclaredWhereTheyAreWritten() async {
    await #expect(processExitsWith: .success) {
      let shared = Shared()
      precondition(shared.rate == 0.25 && shared.solver == "sgd" && shared.usesNoise, "they start as written")
      precondition(LiveRegistry.shared.snapshot().values.count == 3, "they are in the program's registry")
      try shared.$rate.set(0.5)
      precondition(shared.rate == 0.5, "and can be set")
    }
  }
}
