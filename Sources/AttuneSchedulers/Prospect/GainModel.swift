#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much an octave of steps gains: mean + pull · (level − usual level) + persistence · (gain of the octave before − its usual gain) + noise, with
/// coefficients for every octave, learnt from all trials that have gone through it, the better ones most.
///
/// A pull below 0 says that whoever is ahead will gain less: at −1, early ranks say nothing of late ones. Coefficients are shrunk towards those of
/// the octave before (ridge regression), so that octaves which nobody has seen are expected to go on alike with smaller gains.
/// Between two octaves both are mixed.
struct GainModel: Sendable {
  /// A stretch of a trial from a step to twice that step.
  struct Sample: Sendable {
    /// Octaves from the first step to where it begins.
    let octave: Double
    let level: Double
    /// What the octave before gained; `nil` in the first.
    let momentum: Double?
    let gain: Double
    /// How much it counts, up to about 1.
    let weight: Double
  }

  /// One octave's coefficients.
  struct Octave: Sendable {
    var level: Double
    var momentum: Double
    var gain: Double
    var pull: Double
    var persistence: Double
    /// Of the noise, for one octave.
    var deviation: Double
  }

  /// What is believed before anything is seen, and how many samples that is worth.
  private enum Prior {
    static let pull = -0.4, pullKept = 0.8, persistence = 0.3
    /// Of the spread of first values.
    static let gain = 0.8
    static let gainKept = 0.7, deviationKept = 0.8
    static let samples = 3.0, pullSamples = 5.0
  }

  /// The first step, and the last.
  let first: Double
  let end: Double
  private(set) var octaves: [Octave] = []

  /// Learns.
  /// - Parameters:
  ///   - first: the step of the first reports.
  ///   - end: the last step, behind it.
  ///   - level: a good first value.
  ///   - spread: of good first values, above 0.
  init(first: Double, end: Double, samples: [Sample], level: Double, spread: Double) {
    self.first = first
    self.end = end
    var before: Octave?
    for index in 0..<max(1, Int((log2(end / first) - 1e-9).rounded(.up))) {
      let near = samples.compactMap { sample in
        let share = sample.weight * max(0, 1 - abs(sample.octave - Double(index)))
        return share > 0 ? (sample, share) : nil
      }
      let octave = Self.fit(near, before, level, spread)
      octaves.append(octave)
      before = octave
    }
  }

  /// The expected value at the last step.
  /// - Parameter momentum: `nil` for a trial younger than an octave.
  func final(level: Double, momentum: Double?, at step: Double) -> Double {
    var (level, momentum, step) = (level, momentum, step)
    while step < 0.999 * end {
      let gain = gain(level, momentum, at: step)
      level += min(1, log2(end / step)) * gain
      (momentum, step) = (gain, 2 * step)
    }
    return level
  }

  /// The variance of what is learnt about the value at the last step on the way between two steps.
  func variance(from: Double, to: Double) -> Double {
    var (sum, step) = (0.0, from)
    while step < 0.999 * to {
      let next = min(to, 2.0.squareRoot() * step)
      let (here, there, share) = around(step)
      let surprise = ((1 - share) * here.deviation + share * there.deviation) * sensitivity(at: next)
      sum += surprise * surprise * log2(next / step)
      step = next
    }
    return sum
  }

  /// What the octave before a step usually gained.
  func usualMomentum(at step: Double) -> Double { around(step).0.momentum }

  /// What is usually gained from a step to the last one.
  func usualGain(from step: Double) -> Double {
    var (sum, step) = (0.0, step)
    while step < 0.999 * end {
      let (here, there, share) = around(step)
      sum += min(1, log2(end / step)) * ((1 - share) * here.gain + share * there.gain)
      step *= 2
    }
    return sum
  }

  /// By how much the expected final value follows a surprise.
  private func sensitivity(at step: Double) -> Double {
    step >= end ? 1 : final(level: 1, momentum: 1, at: step) - final(level: 0, momentum: 0, at: step)
  }

  private func gain(_ level: Double, _ momentum: Double?, at step: Double) -> Double {
    let (here, there, share) = around(step)
    func gain(_ octave: Octave) -> Double {
      octave.gain + octave.pull * (level - octave.level) + octave.persistence * (momentum.map { $0 - octave.momentum } ?? 0)
    }
    return share > 0 ? (1 - share) * gain(here) + share * gain(there) : gain(here)
  }

  private func around(_ step: Double) -> (Octave, Octave, share: Double) {
    let place = max(0, log2(step / first))
    let index = min(Int(place), octaves.count - 1)
    return (octaves[index], octaves[min(index + 1, octaves.count - 1)], min(1, place - Double(index)))
  }
}

extension GainModel {
  private static func fit(_ samples: [(Sample, share: Double)], _ before: Octave?, _ level: Double, _ spread: Double) -> Octave {
    let prior = Octave(
      level: before.map { $0.level + $0.gain } ?? level, momentum: before?.gain ?? 0,
      gain: before.map { Prior.gainKept * $0.gain } ?? Prior.gain * spread,
      pull: before.map { Prior.pullKept * $0.pull } ?? Prior.pull, persistence: before?.persistence ?? Prior.persistence,
      deviation: before.map { Prior.deviationKept * $0.deviation } ?? spread)
    let weight = samples.reduce(0) { $0 + $1.share }
    func mean(_ value: (Sample) -> Double, _ prior: Double, worth: Double) -> Double {
      (samples.reduce(worth * prior) { $0 + $1.share * value($1.0) }) / (weight + worth)
    }
    var octave = prior
    octave.level = mean({ $0.level }, prior.level, worth: 1)
    octave.momentum = before == nil ? 0 : mean({ $0.momentum ?? prior.momentum }, prior.momentum, worth: 1)
    octave.gain = mean({ $0.gain }, prior.gain, worth: Prior.samples)
    slopes(&octave, samples, weight, prior, spread: spread, unrest: before?.deviation ?? spread)
    let squares = samples.reduce(Prior.samples * prior.deviation * prior.deviation) { sum, sample in
      let momentum = sample.0.momentum.map { $0 - octave.momentum } ?? 0
      let rest = sample.0.gain - octave.gain - octave.pull * (sample.0.level - octave.level) - octave.persistence * momentum
      return sum + sample.share * rest * rest
    }
    octave.deviation = max((squares / (weight + Prior.samples)).squareRoot(), 1e-9 * spread)
    return octave
  }

  /// Two coefficients by ridge regression about the means.
  private static func slopes(
    _ octave: inout Octave, _ samples: [(Sample, share: Double)], _ weight: Double, _ prior: Octave, spread: Double, unrest: Double
  ) {
    var (levels, both, momenta, levelGains, momentumGains) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (sample, share) in samples {
      let level = sample.level - octave.level
      let momentum = sample.momentum.map { $0 - octave.momentum } ?? 0
      let gain = sample.gain - octave.gain
      levels += share * level * level
      both += share * level * momentum
      momenta += share * momentum * momentum
      levelGains += share * level * gain
      momentumGains += share * momentum * gain
    }
    let levelRidge = Prior.pullSamples * (levels + 0.3 * spread * spread) / (weight + 1)
    let momentumRidge = Prior.samples * (momenta + unrest * unrest) / (weight + 1)
    let (a, b, c) = (levels + levelRidge, both, momenta + momentumRidge)
    let (d, e) = (levelGains + levelRidge * prior.pull, momentumGains + momentumRidge * prior.persistence)
    let determinant = a * c - b * b
    guard determinant > 0, determinant.isFinite else { return }
    octave.pull = min(max((d * c - e * b) / determinant, -0.95), 0.5)
    octave.persistence = min(max((a * e - b * d) / determinant, -0.5), 1.2)
  }
}
