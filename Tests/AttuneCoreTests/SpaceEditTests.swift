import AttuneMath
import AttuneValues
import Foundation
import Testing

@testable import AttuneCore

@Suite struct SpaceEditTests {
  private let space: SearchSpace

  init() throws {
    space = try SearchSpace(
      [
        Parameter("lr", .float(lower: 1e-4, upper: 1, scale: .log)), Parameter("solver", .choice(["sgd", "adam", "lion"])),
        Parameter("momentum", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["sgd"])),
        Parameter("hidden", .int(lower: 8, upper: 256, scale: .log)), Parameter("layers", .ordinal([1, 2, 4])),
        Parameter("drop", .float(lower: 0, upper: 0.9, step: 0.1)), Parameter("batch", .int(lower: 32, upper: 128, step: 32)),
        Parameter("bias", .bool),
      ], constraints: [Expression("layers != 3 or bias")])
  }

  @Test func coordinatesStayInTheFrame() throws {
    let narrow = try SpaceEdit.narrow("lr", lower: 0.01, upper: 0.1).applied(to: space)
    let lr = try #require(narrow["lr"])
    #expect(lr.domain == .float(lower: 0.01, upper: 0.1, scale: .log) && lr.frame == space["lr"]?.domain)
    #expect(lr.unit(of: 1e-4) == 0 && lr.unit(of: 1.0) == 1 && lr.unit(of: 2.0) == nil)
    #expect(abs(lr.axis.range.lowerBound - 0.5) < 1e-12 && abs(lr.axis.range.upperBound - 0.75) < 1e-12)
    #expect(lr.value(atUnit: 0) == .float(0.01) && lr.value(atUnit: 1) == .float(0.1))
    let wide = try SpaceEdit.widen("lr", lower: 1e-6, upper: 0.1).applied(to: narrow)
    #expect(wide["lr"]?.frame == .float(lower: 1e-6, upper: 1, scale: .log))
    #expect(wide["lr"]?.domain == .float(lower: 1e-6, upper: 0.1, scale: .log))
  }

  @Test func removedValuesKeepTheirPlaces() throws {
    let less = try SpaceEdit.remove("solver", values: ["adam"]).applied(to: space)
    #expect(less["solver"]?.axis == Axis(.unordered(count: 3), range: 0...1, allowed: [0, 2]))
    #expect(less["solver"]?.unit(of: "adam") == 0.5 && less["solver"]?.domain == .choice(["sgd", "lion"]))
    let more = try SpaceEdit.add("solver", values: ["adam", "lbfgs"]).applied(to: less)
    #expect(more["solver"]?.domain == .choice(["sgd", "adam", "lion", "lbfgs"]) && more["solver"]?.isNarrowed == false)
    let layers = try SpaceEdit.add("layers", values: [3, 8]).applied(to: space)
    #expect(layers["layers"]?.domain == .ordinal([1, 2, 3, 4, 8]))
    let gap = try SpaceEdit.remove("layers", values: [2]).applied(to: space)
    #expect(gap["layers"]?.axis == Axis(.ordered(count: 3)) && gap["layers"]?.value(atUnit: 0.5) == 1)
  }

  @Test func frozenMeansOneValue() throws {
    for (name, value) in [("lr", 0.02), ("solver", "lion"), ("hidden", 100), ("layers", 2), ("drop", 0.3), ("bias", true)] as [(_, Value)] {
      let frozen = try SpaceEdit.freeze(name, value).applied(to: space)
      let parameter = try #require(frozen[name])
      #expect(parameter.frozen == value && parameter.count == 1)
      #expect([0, 0.3, 1].allSatisfy { parameter.value(atUnit: $0) == value })
      #expect(parameter.axis.range.contains(parameter.unit(of: value) ?? -1))
      #expect(throws: SpaceEditError.frozen(name: name, value: value)) { try SpaceEdit.freeze(name, value).applied(to: frozen) }
      #expect(try SpaceEdit.unfreeze(name).applied(to: frozen) == space)
    }
    #expect(try SpaceEdit.freeze("bias", false).applied(to: space)["bias"]?.axis.range == 0...0.5)
  }

  @Test func stepsKeepTheirGrid() throws {
    let drop = try #require(SpaceEdit.narrow("drop", lower: 0.25, upper: 0.61).applied(to: space)["drop"])
    #expect(drop.domain.values?.map { ($0.number ?? 0) * 10 }.map { ($0 * 1000).rounded() / 1000 } == [3, 4, 5, 6])
    let batch = try #require(SpaceEdit.widen("batch", lower: 1, upper: 200).applied(to: space)["batch"])
    #expect(batch.domain.values == [32, 64, 96, 128, 160, 192])
    let one = try #require(SpaceEdit.narrow("batch", lower: 60, upper: 70).applied(to: space)["batch"])
    #expect(one.domain.values == [64] && one.axis.range == 0.25...0.5)
  }

  static let refused: [(SpaceEdit, SpaceEditError)] = [
    (.widen("lrr", lower: 1, upper: 2), .unknownParameter(name: "lrr", known: [])),
    (.widen("solver", lower: 1, upper: 2), .noRange(name: "solver", values: "sgd, adam, lion")),
    (.widen("lr", lower: 0.0, upper: 1.0), .space(.nonPositiveLogBound(name: "lr", lower: 0.0))),
    (.widen("lr", lower: 1e-3, upper: 2), .notWider(name: "lr", lower: 1e-3, upper: 2, current: "0.0001...1.0 (log)")),
    (.widen("lr", lower: "x", upper: 2), .space(.notFinite(name: "lr"))),
    (.narrow("lr", lower: 0.5, upper: 0.1), .space(.emptyRange(name: "lr", lower: 0.5, upper: 0.1))),
    (.narrow("lr", lower: 1e-5, upper: 0.1), .notNarrower(name: "lr", lower: 1e-5, upper: 0.1, current: "0.0001...1.0 (log)")),
    (.narrow("batch", lower: 65, upper: 90), .betweenSteps(name: "batch", lower: 65, upper: 90, domain: "32...128 in steps of 32 from 32")),
    (.add("lr", values: [3]), .noValues(name: "lr", domain: "0.0001...1.0 (log)")),
    (.add("solver", values: ["adam"]), .valueKnown(name: "solver", value: "adam")),
    (.remove("solver", values: ["sgd"]), .needed(name: "solver", value: "sgd", by: "solver == 'sgd'")),
    (.remove("layers", values: [1, 2, 4]), .nothingLeft(name: "layers")),
    (.remove("layers", values: [8]), .space(.valueNotAllowed(name: "layers", value: 8, allowed: "1, 2, 4"))),
    (.freeze("lr", 2), .space(.valueNotAllowed(name: "lr", value: 2, allowed: "0.0001...1.0 (log)"))),
    (.unfreeze("lr"), .notFrozen(name: "lr")),
    (.parameter(Parameter("new", .bool)), .noStandard(name: "new")),
    (.parameter(Parameter("lr", .bool, standard: true)), .space(.duplicateParameter(name: "lr"))),
  ]

  @Test(arguments: refused)
  func refuses(edit: SpaceEdit, expected: SpaceEditError) {
    #expect {
      try edit.applied(to: space)
    } throws: { error in
      guard let error = error as? SpaceEditError, !error.description.contains("\n") else { return false }
      switch (error, expected) {
      case (.unknownParameter, .unknownParameter), (.betweenSteps, .betweenSteps): return true
      default: return error == expected
      }
    }
  }

  @Test func anEditThatLeavesNothingIsRefused() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))], constraints: [Expression("x > 0.5")])
    #expect(throws: SpaceEditError.space(.constraintsTooTight(constraints: ["x > 0.5"]))) {
      try SpaceEdit.narrow("x", lower: 0, upper: 0.4).applied(to: space)
    }
  }

  /// Whatever is done to a space, its samples and points are valid, and old configurations keep a place.
  @Test(arguments: 1...20) func anyEditsKeepThePromises(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), purpose: "test", index: 0)
    var space = space
    var seen: [Configuration] = []
    for _ in 0..<25 {
      let edit = Self.edit(of: space, using: &random)
      if let edited = try? edit.applied(to: space) { space = edited }
      seen.append(try space.sample(using: &random))
      #expect(try space.validate(seen[seen.count - 1]) == seen[seen.count - 1], "seed \(seed)")
      let point = space.axes.map { $0.range.lowerBound + random.nextUnit() * ($0.range.upperBound - $0.range.lowerBound) }
      let configuration = space.configuration(at: point)
      if space.satisfiesConstraints(configuration) { #expect(try space.validate(configuration) == configuration, "seed \(seed)") }
      for (parameter, unit) in zip(space.parameters, space.snapped(point)) {
        #expect(parameter.axis.range.contains(unit) || abs(parameter.snapped(unit) - unit) < 1e-9, "seed \(seed): \(parameter.name)")
      }
      for old in seen {
        let history = History(
          space: space, objective: Objective(metric: "loss", goal: .minimize),
          trials: [Trial(id: TrialID(1), configuration: old, proposer: "test")])
        var observations = Observations()
        observations.update(from: history)
        #expect(observations.all[0].isOutside == false, "seed \(seed)")
      }
    }
    #expect(try JSONDecoder().decode(SearchSpace.self, from: JSONEncoder().encode(space)) == space, "seed \(seed)")
  }

  private static func edit(of space: SearchSpace, using random: inout RandomStream) -> SpaceEdit {
    let parameter = space.parameters.randomElement(using: &random) ?? space.parameters[0]
    let first = parameter.domain.value(atUnit: random.nextUnit())
    let second = parameter.domain.value(atUnit: random.nextUnit())
    let (low, high) = (first.number ?? 0) <= (second.number ?? 0) ? (first, second) : (second, first)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .narrow(parameter.name, lower: low, upper: high)
    case 1:
      return .widen(
        parameter.name, lower: .float((parameter.domain.value(atUnit: 0).number ?? 0) * 0.9),
        upper: .float((parameter.domain.value(atUnit: 1).number ?? 0) * 1.5))
    case 2: return .add(parameter.name, values: [["rmsprop", "adam", "lion", 3, 8, 2].randomElement(using: &random) ?? 3])
    case 3: return .remove(parameter.name, values: [first])
    case 4: return .freeze(parameter.name, first)
    default: return .unfreeze(parameter.name)
    }
  }

  @Test func anAddedParameterGivesOldTrialsItsStandard() throws {
    let before = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("deep", .bool)])
    var history = History(space: before, objective: Objective(metric: "loss", goal: .minimize))
    history.append(Trial(id: TrialID(1), configuration: Configuration(["x": 0.5, "deep": true]), proposer: "test"))
    history.append(Trial(id: TrialID(2), configuration: Configuration(["x": 0.5, "deep": false]), proposer: "test"))
    try history.take(
      .parameter(Parameter("layers", .int(lower: 1, upper: 4), when: Expression("deep", isOneOf: [true]), standard: 2)))
    var observations = Observations()
    observations.update(from: history)
    #expect(observations.all.map(\.point) == [[0.5, 0.75, 0.375], [0.5, 0.25, 0.5]])
    #expect(observations.all.map(\.isActive) == [[true, true, true], [true, true, false]])
    #expect(observations.all.allSatisfy { !$0.isOutside })
  }

  @Test func spacesOfBeforeFramesAreRead() throws {
    let text = """
      {"parameters":[{"name":"x","domain":{"float":{"lower":0,"upper":1,"scale":"linear"}},"isLive":false}],"constraints":[]}
      """
    let read = try JSONDecoder().decode(SearchSpace.self, from: Data(text.utf8))
    #expect(try read == SearchSpace([Parameter("x", .float(lower: 0, upper: 1))]))
    let small = """
      {"parameters":[{"name":"x","domain":{"bool":{}},"frame":{"choice":{"_0":[1]}},"isLive":false}],"constraints":[]}
      """
    #expect(throws: SpaceError.outsideFrame(name: "x", frame: "1")) {
      try JSONDecoder().decode(SearchSpace.self, from: Data(small.utf8))
    }
  }
}
