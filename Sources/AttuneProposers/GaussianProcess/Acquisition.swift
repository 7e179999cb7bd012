import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much a point is worth trying: the log expected improvement of the objective, and the log probability that every constraint is kept.
struct Acquisition: Sendable {
  struct Constraint: Sendable {
    let model: GaussianProcess
    /// The value above which it is broken.
    let bound: Double
  }

  /// The model and the value that has to be beaten; `nil` as long as no trial keeps the constraints.
  let objective: (model: GaussianProcess, best: Double)?
  let constraints: [Constraint]

  func scores(of features: [[Double]], isUnordered: [Bool]) -> [Double] {
    let points = ModelPoints(features, isUnordered: isUnordered)
    var scores = [Double](repeating: 0, count: features.count)
    if let (model, best) = objective {
      for (index, found) in model.predictions(at: points).enumerated() {
        scores[index] +=
          ExpectedImprovement.logarithm(mean: found.mean, deviation: found.variance.squareRoot(), best: best).value
          + ExpectedImprovement.logNews(variance: found.variance, noise: model.noise).value
      }
    }
    for constraint in constraints {
      for (index, found) in constraint.model.predictions(at: points).enumerated() {
        scores[index] += ExpectedImprovement.logProbability((constraint.bound - found.mean) / found.variance.squareRoot()).value
      }
    }
    return scores
  }

  /// The score and its slopes along every axis.
  func score(at features: [Double]) -> (value: Double, slopes: [Double]) {
    var value = 0.0
    var slopes = [Double](repeating: 0, count: features.count)
    var meanSlopes = slopes, varianceSlopes = slopes
    if let (model, best) = objective {
      let found = model.prediction(at: features, meanSlopes: &meanSlopes, varianceSlopes: &varianceSlopes)
      let deviation = found.variance.squareRoot()
      let improvement = ExpectedImprovement.logarithm(mean: found.mean, deviation: deviation, best: best)
      let news = ExpectedImprovement.logNews(variance: found.variance, noise: model.noise)
      let byVariance = improvement.byDeviation / (2 * deviation) + news.byVariance
      value += improvement.value + news.value
      for axis in slopes.indices {
        slopes[axis] += improvement.byMean * meanSlopes[axis] + byVariance * varianceSlopes[axis]
      }
    }
    for constraint in constraints {
      let found = constraint.model.prediction(at: features, meanSlopes: &meanSlopes, varianceSlopes: &varianceSlopes)
      let deviation = found.variance.squareRoot()
      let z = (constraint.bound - found.mean) / deviation
      let kept = ExpectedImprovement.logProbability(z)
      value += kept.value
      for axis in slopes.indices {
        slopes[axis] -= kept.slope * (meanSlopes[axis] / deviation + z * varianceSlopes[axis] / (2 * found.variance))
      }
    }
    return (value, slopes)
  }
}
