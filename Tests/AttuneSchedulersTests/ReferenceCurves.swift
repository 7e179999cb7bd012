import Foundation

@testable import AttuneSchedulers

/// The reference curves and what the published program makes of them, beside the repository where they are given.
struct ReferenceCurves: Sendable {
  static let here = ReferenceCurves()
  static let absence = "no reference curves in ../shared/curves"

  /// Sixty values a curve at least, by its name.
  let curves: [String: [Double]]
  private let folder: URL

  private init?() {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    folder = root.deletingLastPathComponent().appendingPathComponent("shared/curves")
    guard let rows = Self.rows(folder.appendingPathComponent("curves.csv")) else { return nil }
    var curves: [String: [Double]] = [:]
    for row in rows { curves[row[0], default: []].append(Double(row[3]) ?? .nan) }
    self.curves = curves
  }

  /// The cells of a file's rows but for its first.
  func rows(_ file: String) -> [[String]] { Self.rows(folder.appendingPathComponent(file)) ?? [] }

  private static func rows(_ file: URL) -> [[String]]? {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    return text.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// By the names in those files.
  static let models: [String: CurveModel] = [
    "vap": .vap, "ilog2": .ilog2, "weibull": .weibull, "pow3": .pow3, "pow4": .pow4, "loglog_linear": .loglogLinear, "mmf": .mmf,
    "janoschek": .janoschek, "dr_hill_zero_background": .hill, "log_power": .logPower, "exp4": .exp4,
  ]
}
