@testable import AttuneCore
import AttuneValues
import Testing

@Suite struct ExpressionTests {
  static let values: [String: Value] = ["a": 3, "b": 2.5, "name": "adam", "flag": true, "x-y": 7, "net.depth": 4]

  static let formulas: [(String, Value)] = [
    ("a + b * 2", 8.0), ("-a ** 2", -9.0), ("2 ** -1", 0.5), ("(a + 1) % 3", 1.0), ("a * b <= 7.5", true),
    ("a == 3.0 and name == 'adam'", true),
    ("not flag or a > 100", false), ("name in ['sgd', \"adam\"]", true), ("a in [1, 2]", false), ("max(a, b, 10) - min(1, 2)", 9.0),
    ("log10(1000) == 3", true), ("`x-y` + net.depth", 11.0), ("1e-3 < b", true), ("flag == true", true), ("name == 3", false),
  ]

  @Test(arguments: formulas)
  func evaluates(text: String, expected: Value) throws {
    #expect(try Expression(text).evaluate { Self.values[$0] } == expected)
  }

  @Test(arguments: ["missing + 1", "name + 1", "flag and 3", "not 3"])
  func hasNoValueWhereTypesDoNotFit(text: String) throws {
    #expect(try Expression(text).evaluate { Self.values[$0] } == nil)
  }

  @Test(arguments: [
    ("a <", 4, "a value"), ("a b", 3, "an operator or the end"), ("(a", 3, "')'"), ("a $ b", 3, "a value or an operator, not '$'"),
    ("'open", 6, "'"), ("a in 3", 6, "'['"), ("", 1, "a value"), ("1.2.3", 1, "a number"), ("sqrt(1, 2)", 11, "one argument for sqrt"),
  ])
  func saysWhatWasExpected(text: String, column: Int, expected: String) {
    #expect(throws: ExpressionError(text: text, column: column, expected: expected)) { try Expression(text) }
  }

  @Test func knowsItsNames() throws {
    #expect(try Expression("a + max(b, `x-y`) in [c]").names == ["a", "b", "c", "x-y"])
  }
}
