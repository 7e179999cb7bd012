#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One of the eleven parametric learning curves of Domhan et al. (2015), as a function of the step x > 0.
///
/// Parameters stand in the order of the formula's comment; the cases' order is that of the C kernel.
/// Source: Domhan, Springenberg, Hutter: "Speeding up automatic hyperparameter optimization of deep neural networks by extrapolation of
/// learning curves" (IJCAI 2015), table 1, with the start values of the authors' program.
public enum CurveModel: Int32, CaseIterable, Sendable {
  /// exp(a + b/x + c ln x).
  case vap
  /// c − a / ln(1 + x).
  case ilog2
  /// α − (α − β) exp(−(κx)^δ).
  case weibull
  /// c − a x^−α.
  case pow3
  /// c − (ax + b)^−α.
  case pow4
  /// ln(a ln x + b).
  case loglogLinear
  /// α − (α − β) / (1 + (κx)^δ).
  case mmf
  /// α − (α − β) exp(−κ x^δ), its parameters in the order α, β, κ, δ.
  case janoschek
  /// θ x^η / (κ^η + x^η).
  case hill
  /// a / (1 + (x / e^b)^c).
  case logPower
  /// c − exp(−a x^α + b), its parameters in the order c, a, b, α.
  case exp4

  /// Where least squares begin.
  public var start: [Double] {
    switch self {
    case .vap: [-0.622028, -0.470050, 0.042322]
    case .ilog2: [0.78, 0.43]
    case .weibull: [0.7, 0.1, 0.01, 1]
    case .pow3: [0.84, 0.52, 0.01]
    case .pow4: [0.8, 200, 0, 0.1]
    case .loglogLinear: [1, 1]
    case .mmf: [0.7, 0.1, 0.01, 5]
    case .janoschek: [0.73, 0.07, 0.355, 0.46]
    case .hill: [0.772320, 0.586449, 2.460843]
    case .logPower: [0.77, 2.98, -0.51]
    case .exp4: [0.7, 0.8, -0.8, 0.3]
    }
  }

  /// The curve's value, with the system's functions to the last bit; not a number where it is not defined.
  /// - Precondition: `x` is above 0, and there are as many parameters as start values.
  public func value(at x: Double, _ p: [Double]) -> Double {
    switch self {
    case .vap: exp(p[0] + p[1] / x + p[2] * log(x))
    case .ilog2: p[0] - p[1] / log(1 + x)
    case .weibull: p[0] - (p[0] - p[1]) * exp(-pow(p[2] * x, p[3]))
    case .pow3: p[0] - p[1] * pow(x, -p[2])
    case .pow4: p[0] - pow(p[1] * x + p[2], -p[3])
    case .loglogLinear: log(p[0] * log(x) + p[1])
    case .mmf: p[0] - (p[0] - p[1]) / (1 + pow(p[2] * x, p[3]))
    case .janoschek: p[0] - (p[0] - p[1]) * exp(-p[2] * pow(x, p[3]))
    case .hill: p[0] * pow(x, p[1]) / (pow(p[2], p[1]) + pow(x, p[1]))
    case .logPower: p[0] / (1 + pow(x / exp(p[1]), p[2]))
    case .exp4: p[0] - exp(-p[1] * pow(x, p[3]) + p[2])
    }
  }

  /// Whether it rises between the steps, and ends within 0 ... 100. A start that is not a number passes, as in the authors' program.
  public func isPlausible(_ parameters: [Double], from first: Double, to last: Double) -> Bool {
    let end = value(at: last, parameters)
    return !(value(at: first, parameters) > end) && (0...100).contains(end)
  }
}
