import AttuneValues

/// Recursive descent, one function a level of the grammar (see `Expression`).
struct ExpressionParser {
  private let text: String
  private let tokens: [ExpressionLexer.Token]
  private var position = 0
  private var depth = 0

  init(_ text: String) throws(ExpressionError) {
    self.text = text
    tokens = try ExpressionLexer.tokens(of: text)
  }

  mutating func expression() throws(ExpressionError) -> ExpressionNode {
    let node = try disjunction()
    guard position == tokens.count else { throw failure("an operator or the end") }
    return node
  }

  private mutating func disjunction() throws(ExpressionError) -> ExpressionNode {
    guard depth < 50 else { throw failure("at most 50 levels of parentheses") }
    depth += 1
    defer { depth -= 1 }
    var node = try conjunction()
    while take(.word("or")) { node = .binary(.or, node, try conjunction()) }
    return node
  }

  private mutating func conjunction() throws(ExpressionError) -> ExpressionNode {
    var node = try negation()
    while take(.word("and")) { node = .binary(.and, node, try negation()) }
    return node
  }

  private mutating func negation() throws(ExpressionError) -> ExpressionNode {
    var isNegated = false
    while take(.word("not")) { isNegated.toggle() }
    let node = try comparison()
    return isNegated ? .not(node) : node
  }

  private mutating func comparison() throws(ExpressionError) -> ExpressionNode {
    let left = try sum()
    if take(.word("in")) {
      guard take(.symbol("[")) else { throw failure("'['") }
      var options: [ExpressionNode] = []
      repeat { options.append(try sum()) } while take(.symbol(","))
      guard take(.symbol("]")) else { throw failure("',' or ']'") }
      return .isIn(left, options)
    }
    guard let symbol = takeOperator([.equal, .unequal, .lessOrEqual, .less, .greaterOrEqual, .greater]) else { return left }
    return .binary(symbol, left, try sum())
  }

  private mutating func sum() throws(ExpressionError) -> ExpressionNode {
    var node = try product()
    while let symbol = takeOperator([.plus, .minus]) { node = .binary(symbol, node, try product()) }
    return node
  }

  private mutating func product() throws(ExpressionError) -> ExpressionNode {
    var node = try signed()
    while let symbol = takeOperator([.times, .divided, .remainder]) { node = .binary(symbol, node, try signed()) }
    return node
  }

  private mutating func signed() throws(ExpressionError) -> ExpressionNode {
    var isNegative = false
    while take(.symbol("-")) { isNegative.toggle() }
    let node = try power()
    return isNegative ? .negative(node) : node
  }

  private mutating func power() throws(ExpressionError) -> ExpressionNode {
    let base = try primary()
    guard takeOperator([.power]) != nil else { return base }
    return .binary(.power, base, take(.symbol("-")) ? .negative(try primary()) : try primary())
  }

  private mutating func primary() throws(ExpressionError) -> ExpressionNode {
    guard position < tokens.count else { throw failure("a value") }
    let token = tokens[position]
    position += 1
    switch token.kind {
    case .number(let value): return .literal(value)
    case .text(let text): return .literal(.string(text))
    case .quotedName(let name): return .name(name)
    case .word("true"): return .literal(true)
    case .word("false"): return .literal(false)
    case .word(let word) where !["and", "or", "not", "in"].contains(word):
      return take(.symbol("(")) ? try call(word) : .name(word)
    case .symbol("("):
      let node = try disjunction()
      guard take(.symbol(")")) else { throw failure("')'") }
      return node
    default:
      position -= 1
      throw failure("a value")
    }
  }

  private mutating func call(_ word: String) throws(ExpressionError) -> ExpressionNode {
    guard let function = ExpressionNode.Function(rawValue: word) else {
      position -= 2
      throw failure("a function (\(ExpressionNode.Function.allCases.map(\.rawValue).joined(separator: ", ")))")
    }
    var arguments: [ExpressionNode] = []
    repeat { arguments.append(try disjunction()) } while take(.symbol(","))
    guard take(.symbol(")")) else { throw failure("',' or ')'") }
    guard function.takesSeveral || arguments.count == 1 else { throw failure("one argument for \(word)") }
    return .call(function, arguments)
  }

  private mutating func take(_ kind: ExpressionLexer.Kind) -> Bool {
    guard position < tokens.count, tokens[position].kind == kind else { return false }
    position += 1
    return true
  }

  private mutating func takeOperator(_ symbols: [ExpressionNode.Operator]) -> ExpressionNode.Operator? {
    symbols.first { take(.symbol($0.rawValue)) }
  }

  private func failure(_ expected: String) -> ExpressionError {
    ExpressionError(text: text, column: position < tokens.count ? tokens[position].column : text.count + 1, expected: expected)
  }
}
