#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a controller learns: REINFORCE, by backpropagation through the decisions of each configuration.
extension Controller {
  /// Makes what went well likelier and what went badly less likely.
  /// - Parameters:
  ///   - episodes: what was tried, with how much better than expected it was, of the order of 1.
  ///   - entropy: how much even odds are worth, so that it does not settle at once.
  ///   - rate: the step of each weight.
  ///
  /// Source: Williams, "Simple statistical gradient-following algorithms" (1992).
  mutating func learn(from episodes: [(episode: Episode, advantage: Float)], entropy: Float, rate: Float) {
    guard !episodes.isEmpty else { return }
    let gradient = gradient(of: episodes, entropy: entropy).map { $0 / Float(episodes.count) }
    optimizer.step(&weights, along: gradient, rate: rate)
  }

  /// The slope, by every weight, of −advantage · log(probability) − entropy, summed over the episodes.
  func gradient(of episodes: [(episode: Episode, advantage: Float)], entropy: Float) -> [Float] {
    var gradient = [Float](repeating: 0, count: weights.count)
    for (episode, advantage) in episodes { descend(episode, advantage: advantage, entropy: entropy, &gradient) }
    return gradient
  }

  private func descend(_ episode: Episode, advantage: Float, entropy: Float, _ gradient: inout [Float]) {
    var memories = [start]
    var last: Episode.Step?
    for step in episode.steps {
      memories.append(next(memories[memories.count - 1], after: last))
      last = step
    }
    var slope = Slope(output: start.output, cell: start.cell)
    for (index, step) in episode.steps.enumerated().reversed() {
      let scores = scoreSlopes(of: step, memories[index + 1], advantage: advantage, entropy: entropy)
      add(scores, of: step, memories[index + 1], to: &gradient, &slope)
      if shape.hidden > 0 {
        addCell(from: memories[index], to: memories[index + 1], after: index > 0 ? episode.steps[index - 1] : nil, &gradient, &slope)
      }
    }
  }

  /// What reaches a step from the later ones.
  private struct Slope {
    var output: [Float]
    var cell: [Float]
  }

  private func scoreSlopes(of step: Episode.Step, _ memory: Memory, advantage: Float, entropy: Float) -> [Float] {
    let odds = odds(of: step.decision, open: step.open, memory)
    let disorder = -odds.reduce(0) { $1 > 0 ? $0 + $1 * logf($1) : $0 }
    return odds.enumerated().map { option, odd in
      guard odd > 0 else { return 0 }
      return advantage * (odd - (option == step.option ? 1 : 0)) + entropy * odd * (logf(odd) + disorder)
    }
  }

  private func add(_ scores: [Float], of step: Episode.Step, _ memory: Memory, to gradient: inout [Float], _ slope: inout Slope) {
    for option in scores.indices { gradient[shape.headBias(step.decision) + option] += scores[option] }
    backward(at: shape.head(step.decision), scores, memory.output, &gradient, &slope.output)
  }

  /// One step of the cell, backwards: Hochreiter and Schmidhuber (1997), with forget gates.
  private func addCell(
    from before: Memory, to after: Memory, after last: Episode.Step?, _ gradient: inout [Float], _ slope: inout Slope
  ) {
    let hidden = shape.hidden
    var gates = [Float](repeating: 0, count: 4 * hidden)
    for unit in 0..<hidden {
      let (input, forget) = (after.gates[unit], after.gates[hidden + unit])
      let (candidate, output) = (after.gates[2 * hidden + unit], after.gates[3 * hidden + unit])
      let shown = tanhf(after.cell[unit])
      let cell = slope.cell[unit] + slope.output[unit] * output * (1 - shown * shown)
      gates[unit] = cell * candidate * input * (1 - input)
      gates[hidden + unit] = cell * before.cell[unit] * forget * (1 - forget)
      gates[2 * hidden + unit] = cell * input * (1 - candidate * candidate)
      gates[3 * hidden + unit] = slope.output[unit] * shown * output * (1 - output)
      slope.cell[unit] = cell * forget
    }
    for index in gates.indices { gradient[shape.gateBias + index] += gates[index] }
    slope.output = [Float](repeating: 0, count: hidden)
    backward(at: shape.outputGates, gates, before.output, &gradient, &slope.output)
    let place = shape.embedding(of: last)
    var embedded = [Float](repeating: 0, count: hidden)
    backward(at: shape.inputGates, gates, Array(weights[place..<(place + hidden)]), &gradient, &embedded)
    for index in 0..<hidden { gradient[place + index] += embedded[index] }
  }

  private func backward(
    at place: Int, _ slope: [Float], _ input: [Float], _ gradient: inout [Float], _ inputSlope: inout [Float]
  ) {
    weights.withUnsafeBufferPointer { weights in
      slope.withUnsafeBufferPointer { slope in
        input.withUnsafeBufferPointer { input in
          gradient.withUnsafeMutableBufferPointer { gradient in
            inputSlope.withUnsafeMutableBufferPointer { inputSlope in
              Dense.addGradient(gradient, weights, at: place, slope: slope, input: input, inputSlope: inputSlope)
            }
          }
        }
      }
    }
  }
}
