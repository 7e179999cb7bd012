import AttuneCore
import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A range to search around a value that somebody chose by hand. A start for a person to correct, no more.
enum RangeGuess {
  /// Names of settings that are no hyperparameters: how long, where, how verbose.
  private static let settings = [
    "epoch", "step", "iter", "seed", "port", "worker", "thread", "device", "gpu", "verbos", "log", "data", "path", "dir", "file", "out",
    "save", "rank",
    "interval", "every", "classes", "version", "trial",
  ]

  /// The domain for a parameter of that name with that value now; `nil` for what is no hyperparameter, or a text without choices.
  static func domain(name: String, value: Value) -> Domain? {
    let name = name.lowercased()
    let words = name.split { $0 == "_" || $0 == "-" || $0 == "." }
    let isSetting = words.contains { word in settings.contains { word.hasPrefix($0) } }
    guard !isSetting || name.hasSuffix("size") else { return nil }
    switch value {
    case .bool: return .bool
    case .int(let integer):
      return integer > 0 ? .int(lower: max(1, integer / 4), upper: integer * 4, scale: .log) : .int(lower: 0, upper: 10)
    case .float(let float): return float.isFinite ? real(name, float) : nil
    case .string: return nil
    }
  }

  private static func real(_ name: String, _ value: Double) -> Domain {
    func has(_ parts: String...) -> Bool { parts.contains(where: name.contains) }
    if has("dropout", "prob", "fraction", "ratio") { return .float(lower: 0, upper: value < 0.8 ? 0.8 : 1) }
    if has("momentum", "beta", "gamma", "discount"), (0..<1).contains(value) {
      return value < 0.9 ? .float(lower: 0, upper: 0.99) : .float(lower: 0.8, upper: 0.999)
    }
    if has("decay", "reg", "alpha", "lambda", "penalty", "l1", "l2"), value == 0 { return .float(lower: 1e-6, upper: 0.1, scale: .log) }
    guard value > 0 else { return value == 0 ? .float(lower: 0, upper: 1) : .float(lower: 2 * value, upper: -2 * value) }
    let factor = has("lr", "rate", "eta", "step", "decay", "reg", "alpha", "lambda", "penalty", "l1", "l2") ? 100.0 : 10
    let upper = value <= 1 && factor == 100 ? min(1, value * factor) : value * factor
    return .float(lower: rounded(value / factor), upper: rounded(upper), scale: .log)
  }

  /// Two significant digits.
  private static func rounded(_ value: Double) -> Double {
    let exponent = Int(log10(value).rounded(.down))
    let digits = (value / pow(10, Double(exponent)) * 10).rounded()
    return Double("\(digits)e\(exponent - 1)") ?? value
  }
}
