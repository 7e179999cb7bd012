import Foundation
import Testing

/// Holds the schema against a validator that is not ours.
@Suite struct SchemaScriptTests {
  private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static let hasValidator = (try? run(["python3", "-c", "import jsonschema, yaml"]).status) == 0

  @Test(.enabled(if: hasValidator, "python3 has no jsonschema and yaml here; `pip install jsonschema pyyaml` brings them"))
  func anotherValidatorAgreesOnTheFixtures() throws {
    let fixtures = SchemaTests.fixtures.path
    let schema = SchemaTests.root.path + "/Docs/experiment.schema.json"
    let result = try Self.run(
      ["python3", fixtures + "/validate.py", schema, fixtures + "/valid", fixtures + "/invalid"] + SchemaTests.examples)
    #expect(result.status == 0, "\(result.output)")
  }
}
