import AttuneSchedulers
import System

/// The published program's numbers for ten curves, of which it saw 30 points.
struct Reference {
  /// The steps that were seen.
  static let seen = (1...30).map(Double.init)
  static let models: [String: CurveModel] = [
    "vap": .vap, "ilog2": .ilog2, "weibull": .weibull, "pow3": .pow3, "pow4": .pow4, "loglog_linear": .loglogLinear, "mmf": .mmf,
    "janoschek": .janoschek, "dr_hill_zero_background": .hill, "log_power": .logPower, "exp4": .exp4,
  ]

  let curves: [String: [Double]]
  private let folder: String

  /// - Returns: `nil` when the folder has no curves.
  init?(folder: String) throws {
    self.folder = folder
    var curves: [String: [Double]] = [:]
    for row in Self.rows("\(folder)/curves.csv") { curves[row[0], default: []].append(try number(row[3])) }
    guard !curves.isEmpty else { return nil }
    self.curves = curves
  }

  func values(_ name: String) throws -> [Double] {
    guard let values = curves[name] else { throw Mistake("curves.csv has no curve '\(name)', which another file of '\(folder)' names") }
    return values
  }

  /// The points of a curve that were seen.
  func head(_ name: String) throws -> [Double] { Array(try values(name).prefix(Self.seen.count)) }

  /// The cells of a file's rows but for its first.
  func rows(_ file: String) -> [[String]] { Self.rows("\(folder)/\(file)") }

  private static func rows(_ path: String) -> [[String]] {
    (text(of: path) ?? "").split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }
}

/// Something the files should not say.
struct Mistake: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func number(_ text: String) throws -> Double {
  guard let number = Double(text) else { throw Mistake("a reference file has '\(text)' where a number is expected") }
  return number
}
