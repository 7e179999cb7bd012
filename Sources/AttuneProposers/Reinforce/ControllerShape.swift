/// Where the weights of a controller stand in one array. Matrices are kept column by column.
struct ControllerShape: Hashable, Sendable {
  /// How many options each decision has.
  let counts: [Int]
  /// Units of the recurrent network, as many as an embedding has numbers; 0 for no network.
  let hidden: Int
  /// For each decision the options of those before it.
  private let offsets: [Int]
  private let options: Int

  init(counts: [Int], hidden: Int) {
    self.counts = counts
    self.hidden = hidden
    offsets = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    options = counts.reduce(0, +)
  }

  /// Weights in all.
  var size: Int { headBiases + options }

  /// The vector of an option; the first one is for the start.
  func embedding(of step: Episode.Step?) -> Int { (step.map { 1 + offsets[$0.decision] + $0.option } ?? 0) * hidden }
  /// From the embedding to the gates: 4 · hidden rows, hidden columns.
  var inputGates: Int { (1 + options) * hidden }
  /// From the output before to the gates.
  var outputGates: Int { inputGates + 4 * hidden * hidden }
  var gateBias: Int { outputGates + 4 * hidden * hidden }
  var forgetBiases: Range<Int> { (gateBias + hidden)..<(gateBias + 2 * hidden) }
  /// From the output to the scores of a decision's options: a row an option, hidden columns.
  func head(_ decision: Int) -> Int { heads + offsets[decision] * hidden }
  func headBias(_ decision: Int) -> Int { headBiases + offsets[decision] }
  func isHead(_ index: Int) -> Bool { index >= heads }

  private var heads: Int { gateBias + 4 * hidden }
  private var headBiases: Int { heads + options * hidden }
}
