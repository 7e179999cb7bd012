@testable import AttuneValues
import Testing

@Suite struct JSONTests {
  static let documents: [(String, JSON)] = [
    ("null", JSON.null), (" true ", true), ("12", 12), ("-0.5e2", -50.0), ("1e400", .float(.infinity)), ("\"a\\u00e9\\n\\\"\"", "aé\n\""),
    ("\"\\ud83d\\ude00\"", "😀"), ("[1, [], {}]", [1, [], .object([:])]), ("{\"b\": 1, \"a\": [true]}", ["a": [true], "b": 1]),
    ("-Infinity", .float(-.infinity)), ("9223372036854775808", .float(9_223_372_036_854_775_808)),
  ]

  @Test(arguments: documents)
  func reads(text: String, expected: JSON) throws {
    #expect(try JSON(parsing: text) == expected)
  }

  @Test(arguments: [
    ("", 0, "a value"), ("[1,]", 3, "a value"), ("{\"a\" 1}", 5, "':'"), ("{a:1}", 1, "a name in quotes"), ("01", 2, "no leading zero"),
    ("1.", 2, "a digit"), ("\"ab", 3, "'\"'"), ("1 2", 2, "the end"), ("nul", 0, "'null'"), ("\"\\x\"", 3, "an escape"),
  ])
  func saysWhatWasExpected(text: String, offset: Int, expected: String) {
    #expect(throws: JSONError(offset: offset, expected: expected)) { try JSON(parsing: text) }
  }

  @Test func refusesDeepNesting() {
    let hostile = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSON(parsing: hostile) }
  }

  @Test func writesWhatItReads() throws {
    let document: JSON = ["text": "quote \" slash \\ tab \t end", "list": [1, 2.5, nil, false], "none": .object([:]), "big": 1e300]
    #expect(try JSON(parsing: document.text) == document)
    #expect(document.text.hasPrefix("{\"big\":1e+300,\"list\":[1,2.5,null,false]"))
  }

  @Test func numbersJSONLacksBecomeWords() {
    #expect(JSON.array([.float(.nan), .float(.infinity), .float(-.infinity)]).text == "[\"nan\",\"inf\",\"-inf\"]")
    #expect(JSON.string("nan").double?.isNaN == true)
  }

  @Test func valuesAsTyped() {
    #expect(Value(typed: "True") == true)
    #expect(Value(typed: "3") == 3)
    #expect(Value(typed: "1e-3") == 0.001)
    #expect(Value(typed: "adam") == "adam")
  }
}
