@testable import AttuneCore
import AttuneMath
import AttuneValues
import Testing

@Suite struct SearchSpaceTests {
  static let digits = try! SearchSpace(
    [
      Parameter("learning_rate", .float(lower: 1e-5, upper: 1, scale: .log), isLive: true),
      Parameter("momentum", .float(lower: 0, upper: 0.99), when: Expression("solver", isOneOf: ["sgd"])),
      Parameter("solver", .choice(["sgd", "adam"])),
      Parameter("hidden", .int(lower: 8, upper: 256, scale: .log)),
      Parameter("layers", .ordinal([1, 2, 4])),
      Parameter("batch", .int(lower: 32, upper: 128, step: 32)),
      Parameter("shuffle", .bool),
      Parameter("alpha", .float(lower: 0, upper: 1, step: 0.25)),
    ], constraints: [Expression("batch * hidden <= 16384")])

  @Test func everySampleIsValidAndSurvivesTheCube() throws {
    var random = RandomStream(seed: 1, purpose: "test", index: 0)
    for _ in 0..<2000 {
      let drawn = try Self.digits.sample(using: &random)
      #expect(try Self.digits.validate(drawn) == drawn)
      #expect((drawn["momentum"] != nil) == (drawn["solver"] == "sgd"))
      let back = Self.digits.configuration(at: Self.digits.point(of: drawn))
      for (name, value) in drawn.values {
        switch (value, back[name]) {
        case (.float(let before), .float(let after)?): #expect(abs(before - after) <= 1e-12 * abs(before) + 1e-15, "\(name)")
        default: #expect(back[name] == value, "\(name)")
        }
      }
    }
  }

  @Test(arguments: [
    Domain.int(lower: 1, upper: 1000, scale: .log), .int(lower: -5, upper: 7), .int(lower: 0, upper: 100, step: 7),
    .float(lower: 0.1, upper: 0.9, step: 0.1), .float(lower: 0.5, upper: 8, scale: .log, step: 0.5), .choice(["a", 1, 2.5, true]), .bool,
  ])
  func everyDiscreteValueHasAPlace(domain: Domain) throws {
    let values = try #require(domain.values)
    for value in values {
      let unit = try #require(domain.unit(of: value))
      #expect((0...1).contains(unit))
      #expect(domain.value(atUnit: unit) == value)
    }
    #expect(domain.value(atUnit: 0) == values.first)
    #expect(domain.value(atUnit: 1) == values.last)
  }

  static let unsound: [([Parameter], SpaceError)] = [
    ([], SpaceError.noParameters),
    ([Parameter("x", .bool), Parameter("x", .bool)], .duplicateParameter(name: "x")),
    ([Parameter("2x", .bool)], .badName(name: "2x")),
    ([Parameter("x", .float(lower: 2, upper: 1))], .emptyRange(name: "x", lower: 2.0, upper: 1.0)),
    ([Parameter("x", .float(lower: 0, upper: 1, scale: .log))], .nonPositiveLogBound(name: "x", lower: 0.0)),
    ([Parameter("x", .int(lower: 0, upper: 9, scale: .log))], .nonPositiveLogBound(name: "x", lower: 0)),
    ([Parameter("x", .float(lower: 0, upper: .infinity))], .notFinite(name: "x")),
    ([Parameter("x", .int(lower: 0, upper: 9, step: 0))], .badStep(name: "x", step: 0, width: 9)),
    ([Parameter("x", .choice([]))], .noValues(name: "x")),
    ([Parameter("x", .choice([1, 1]))], .duplicateValue(name: "x", value: 1)),
    (
      [Parameter("depth", .bool), Parameter("x", .bool, when: Expression("dept", isOneOf: [true]))],
      .unknownInCondition(name: "x", unknown: "dept", known: ["depth", "x"])
    ),
    (
      [Parameter("a", .bool, when: Expression("b", isOneOf: [true])), Parameter("b", .bool, when: Expression("a", isOneOf: [true]))],
      .circularCondition(names: ["a", "b"])
    ),
  ]

  @Test(arguments: unsound)
  func refuses(parameters: [Parameter], expected: SpaceError) {
    #expect(throws: expected) { try SearchSpace(parameters) }
  }

  @Test func aConditionOnAnAbsentParameterDoesNotHold() throws {
    let space = try SearchSpace([
      Parameter("solver", .choice(["sgd", "adam"])), Parameter("momentum", .bool, when: Expression("solver", isOneOf: ["sgd"])),
      Parameter("nesterov", .bool, when: Expression("momentum", isOneOf: [true])),
    ])
    #expect(try space.validate(Configuration(["solver": "adam"])) == Configuration(["solver": "adam"]))
    #expect(throws: SpaceError.inactiveParameter(name: "nesterov", condition: "momentum == true")) {
      try space.validate(Configuration(["solver": "adam", "nesterov": true]))
    }
  }

  @Test func impossibleConstraintsAreFound() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))], constraints: [Expression("x > 2")])
    var random = RandomStream(seed: 1, purpose: "test", index: 0)
    #expect(throws: SpaceError.constraintsTooTight(constraints: ["x > 2"])) { try space.sample(using: &random) }
  }

  @Test func messagesNameTheThing() {
    let message = SpaceError.nonPositiveLogBound(name: "lr", lower: 0.0).description
    #expect(message == "parameter 'lr': a log scale needs a lower bound > 0, got 0.0. Use a linear scale, or start at 1e-12.")
    #expect(
      SpaceError.unknownParameter(name: "learning_rat", known: ["learning_rate"]).description
        == "'learning_rat' is no parameter. Did you mean 'learning_rate'?")
  }
}
