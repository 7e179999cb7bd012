import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The tree behind an `Expression`.
indirect enum ExpressionNode: Hashable, Sendable {
  case literal(Value)
  case name(String)
  case not(ExpressionNode)
  case negative(ExpressionNode)
  case binary(Operator, ExpressionNode, ExpressionNode)
  case isIn(ExpressionNode, [ExpressionNode])
  case call(Function, [ExpressionNode])

  enum Operator: String, Sendable, CaseIterable {
    case or, and
    case equal = "==", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case plus = "+", minus = "-", times = "*", divided = "/", remainder = "%", power = "**"
  }

  enum Function: String, Sendable, CaseIterable {
    case absolute = "abs", root = "sqrt", exponential = "exp", naturalLog = "log", binaryLog = "log2", decimalLog = "log10"
    case floor, ceiling = "ceil", nearest = "round", minimum = "min", maximum = "max"

    var takesSeveral: Bool { self == .minimum || self == .maximum }
  }

  var names: Set<String> {
    switch self {
    case .literal: []
    case .name(let name): [name]
    case .not(let node), .negative(let node): node.names
    case .binary(_, let left, let right): left.names.union(right.names)
    case .isIn(let node, let options): options.reduce(node.names) { $0.union($1.names) }
    case .call(_, let arguments): arguments.reduce([]) { $0.union($1.names) }
    }
  }

  var literals: [Value] {
    switch self {
    case .literal(let value): [value]
    case .name: []
    case .not(let node), .negative(let node): node.literals
    case .binary(_, let left, let right): left.literals + right.literals
    case .isIn(let node, let options): node.literals + options.flatMap(\.literals)
    case .call(_, let arguments): arguments.flatMap(\.literals)
    }
  }

  func evaluate(_ lookup: (String) -> Value?) -> Value? {
    switch self {
    case .literal(let value): return value
    case .name(let name): return lookup(name)
    case .not(let node):
      guard case .bool(let flag)? = node.evaluate(lookup) else { return nil }
      return .bool(!flag)
    case .negative(let node):
      return node.evaluate(lookup)?.number.map { .float(-$0) }
    case .binary(let symbol, let left, let right):
      guard let left = left.evaluate(lookup), let right = right.evaluate(lookup) else { return nil }
      return symbol.apply(left, right)
    case .isIn(let node, let options):
      guard let value = node.evaluate(lookup) else { return nil }
      return .bool(options.contains { $0.evaluate(lookup).map { Operator.areEqual($0, value) } ?? false })
    case .call(let function, let arguments):
      let numbers = arguments.compactMap { $0.evaluate(lookup)?.number }
      return numbers.count == arguments.count ? function.apply(numbers).map(Value.float) : nil
    }
  }
}

extension ExpressionNode.Operator {
  static func areEqual(_ left: Value, _ right: Value) -> Bool {
    if let left = left.number, let right = right.number { return left == right }
    return left == right
  }

  func apply(_ left: Value, _ right: Value) -> Value? {
    switch (self, left, right) {
    case (.or, .bool(let left), .bool(let right)): return .bool(left || right)
    case (.and, .bool(let left), .bool(let right)): return .bool(left && right)
    case (.or, _, _), (.and, _, _): return nil
    case (.equal, _, _): return .bool(Self.areEqual(left, right))
    case (.unequal, _, _): return .bool(!Self.areEqual(left, right))
    case (_, .string(let left), .string(let right)): return order(left, right)
    default:
      guard let left = left.number, let right = right.number else { return nil }
      return order(left, right) ?? arithmetic(left, right).map(Value.float)
    }
  }

  private func order<Ordered: Comparable>(_ left: Ordered, _ right: Ordered) -> Value? {
    switch self {
    case .less: .bool(left < right)
    case .lessOrEqual: .bool(left <= right)
    case .greater: .bool(left > right)
    case .greaterOrEqual: .bool(left >= right)
    default: nil
    }
  }

  private func arithmetic(_ left: Double, _ right: Double) -> Double? {
    switch self {
    case .plus: left + right
    case .minus: left - right
    case .times: left * right
    case .divided: left / right
    case .remainder: left.truncatingRemainder(dividingBy: right)
    case .power: pow(left, right)
    default: nil
    }
  }
}

extension ExpressionNode.Function {
  func apply(_ numbers: [Double]) -> Double? {
    guard let first = numbers.first else { return nil }
    return switch self {
    case .absolute: abs(first)
    case .root: first.squareRoot()
    case .exponential: exp(first)
    case .naturalLog: log(first)
    case .binaryLog: log2(first)
    case .decimalLog: log10(first)
    case .floor: first.rounded(.down)
    case .ceiling: first.rounded(.up)
    case .nearest: first.rounded()
    case .minimum: numbers.min()
    case .maximum: numbers.max()
    }
  }
}
