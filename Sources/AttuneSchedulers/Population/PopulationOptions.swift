import AttuneCore

/// What `pbt` and `pb2` have in common.
struct PopulationOptions: Sendable {
  /// Trials that live at a time; `nil` for all there are to be, where they can take turns, and else as many as there are slots.
  var size: Int?
  /// Steps between two decisions about a trial.
  var interval = 5
  /// The worst part of the population takes over from the best part of this size.
  var quantile = 0.25
  /// The probability with which a parameter is drawn anew.
  var resample = 0.25
  /// The parameters that are explored; `nil` for those that are live, or all where none is.
  var names: Set<String>?

  init(size: Int?, interval: Int, quantile: Double, resample: Double, names: Set<String>?) {
    precondition(
      size ?? 2 >= 2 && interval >= 1 && quantile > 0 && quantile <= 0.5 && (0...1).contains(resample),
      "a population has 2 members or more, interval is at least 1, quantile in 0...0.5, resample in 0...1; got \(size ?? 2), \(interval), \(quantile), "
        + "\(resample)")
    self.size = size
    self.interval = interval
    self.quantile = quantile
    self.resample = resample
    self.names = names
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      size: try options.int("population", in: 2...100_000), interval: try options.int("interval", default: 5, in: 1...1_000_000_000),
      quantile: try options.number("quantile", default: 0.25, in: 0.001...0.5),
      resample: try options.number("resample", default: 0.25, in: 0...1), names: try options.names("perturb").map { Set($0) })
  }
}
