import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A policy over a list of decisions: a recurrent network (LSTM) reads each decision made and gives the odds of the next one's options.
///
/// Source: Zoph and Le, "Neural architecture search with reinforcement learning" (ICLR 2017), §3; the cell is that of Hochreiter and
/// Schmidhuber (1997) with forget gates. Without hidden units every decision has odds of its own, independent of the others.
struct Controller: Sendable {
  let shape: ControllerShape
  var weights: [Float]
  var optimizer: Adam

  /// Even odds for everything.
  init(_ shape: ControllerShape, random: inout RandomStream) {
    self.shape = shape
    // Heads of zeros give even odds; the rest must differ to learn different things.
    weights = (0..<shape.size).map { shape.isHead($0) ? 0 : Float(random.nextUnit() - 0.5) * 0.4 }
    for index in shape.forgetBiases { weights[index] = 1 }
    optimizer = Adam(count: shape.size)
  }

  /// What the network remembers between two decisions.
  struct Memory {
    var cell: [Float]
    var output: [Float]
    /// Input, forget, candidate and output gates of the step that made it.
    var gates: [Float]
  }

  var start: Memory {
    let empty = [Float](repeating: 0, count: shape.hidden)
    return Memory(cell: empty, output: empty, gates: [Float](repeating: 0, count: 4 * shape.hidden))
  }

  /// One step of the cell.
  /// - Parameter last: the decision and the option before; `nil` at the start.
  func next(_ memory: Memory, after last: Episode.Step?) -> Memory {
    let hidden = shape.hidden
    guard hidden > 0 else { return memory }
    var next = memory
    weights.withUnsafeBufferPointer { weights in
      next.gates.withUnsafeMutableBufferPointer { gates in
        for index in gates.indices { gates[index] = weights[shape.gateBias + index] }
        let embedding = UnsafeBufferPointer(rebasing: weights[shape.embedding(of: last)...].prefix(hidden))
        Dense.add(weights, at: shape.inputGates, times: embedding, to: gates)
        memory.output.withUnsafeBufferPointer { Dense.add(weights, at: shape.outputGates, times: $0, to: gates) }
        for unit in 0..<hidden {
          let (input, forget) = (Self.sigmoid(gates[unit]), Self.sigmoid(gates[hidden + unit]))
          let (candidate, output) = (tanhf(gates[2 * hidden + unit]), Self.sigmoid(gates[3 * hidden + unit]))
          (gates[unit], gates[hidden + unit], gates[2 * hidden + unit], gates[3 * hidden + unit]) = (input, forget, candidate, output)
          next.cell[unit] = forget * memory.cell[unit] + input * candidate
          next.output[unit] = output * tanhf(next.cell[unit])
        }
      }
    }
    return next
  }

  /// The odds of a decision's options: a probability for each, 0 for those that are not open.
  /// - Parameter heat: evens out the odds, more the higher it is above 1.
  func odds(of decision: Int, open: ClosedRange<Int>, _ memory: Memory, heat: Float = 1) -> [Float] {
    let count = shape.counts[decision]
    var scores = [Float](repeating: 0, count: count)
    weights.withUnsafeBufferPointer { weights in
      scores.withUnsafeMutableBufferPointer { scores in
        for option in 0..<count { scores[option] = weights[shape.headBias(decision) + option] }
        memory.output.withUnsafeBufferPointer { Dense.add(weights, at: shape.head(decision), times: $0, to: scores) }
      }
    }
    let top = scores[open].max() ?? 0
    for option in 0..<count { scores[option] = open.contains(option) ? expf((scores[option] - top) / heat) : 0 }
    let sum = scores.reduce(0, +)
    return scores.map { $0 / sum }
  }

  /// Draws an option for each decision of a configuration.
  struct Walk {
    private let controller: Controller
    private let heat: Float
    private var memory: Memory
    private var last: Episode.Step?

    init(_ controller: Controller, heat: Float) {
      self.controller = controller
      self.heat = heat
      memory = controller.start
    }

    mutating func choose(_ decision: Int, _ open: ClosedRange<Int>, _ random: inout RandomStream) -> Int {
      memory = controller.next(memory, after: last)
      let odds = controller.odds(of: decision, open: open, memory, heat: heat)
      var rest = Float(random.nextUnit())
      let option = open.first { option in
        rest -= odds[option]
        return rest < 0
      }
      let step = Episode.Step(decision: decision, option: option ?? open.upperBound, open: open)
      last = step
      return step.option
    }
  }

  private static func sigmoid(_ number: Float) -> Float { 1 / (1 + expf(-number)) }
}
