import AttuneValues
@testable import AttuneWire
import Testing

@Suite struct VariableDescriptorTests {
  static let float = VariableDescriptor(tag: "lr", kind: .float, minimum: 0, maximum: 1)
  static let int = VariableDescriptor(tag: "n", kind: .int, minimum: 1)
  static let bool = VariableDescriptor(tag: "on", kind: .bool)
  static let text = VariableDescriptor(tag: "note", kind: .string)
  static let choice = VariableDescriptor(tag: "batch", kind: .choice, choices: [16, 32, "auto"])

  static let accepted: [(VariableDescriptor, Value, Value)] = [
    (float, 0.5, 0.5), (float, 1, 1.0), (int, 3, 3), (int, 3.0, 3), (bool, false, false), (text, "hi", "hi"), (choice, 32.0, 32),
    (choice, "auto", "auto"),
  ]

  @Test(arguments: accepted)
  func accepts(descriptor: VariableDescriptor, value: Value, held: Value) throws {
    #expect(try descriptor.accepting(value, current: 0) == held)
  }

  static let refused: [(VariableDescriptor, Value, Value, String)] = [
    (float, 3, 0.1, "'lr' = 3 refused: allowed 0.0...1.0. The program keeps 0.1."),
    (float, .float(.nan), 0.1, "'lr' = nan refused: allowed 0.0...1.0. The program keeps 0.1."),
    (float, "fast", 0.1, "'lr' = 'fast' refused: allowed 0.0...1.0. The program keeps 0.1."),
    (float, true, 0.1, "'lr' = true refused: allowed 0.0...1.0. The program keeps 0.1."),
    (
      VariableDescriptor(tag: "x", kind: .float), .float(.infinity), 1.0,
      "'x' = inf refused: allowed any finite number. The program keeps 1.0."
    ),
    (int, 2.5, 4, "'n' = 2.5 refused: allowed 1 or more. The program keeps 4."),
    (int, 0, 4, "'n' = 0 refused: allowed 1 or more. The program keeps 4."),
    (bool, 1, false, "'on' = 1 refused: allowed true or false. The program keeps false."),
    (text, 1, "a", "'note' = 1 refused: allowed any text. The program keeps a."),
    (choice, 64, 16, "'batch' = 64 refused: allowed 16, 32, auto. The program keeps 16."),
  ]

  @Test(arguments: refused)
  func refuses(descriptor: VariableDescriptor, value: Value, current: Value, message: String) {
    #expect(throws: WireFailure(.refused, message)) { try descriptor.accepting(value, current: current) }
  }
}
