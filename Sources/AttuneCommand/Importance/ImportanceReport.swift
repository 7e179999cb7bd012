import AttuneCore
import AttuneImportance
import AttuneValues

/// What makes the differences, for a person or a program.
struct ImportanceReport {
  let experiment: String
  let metric: String
  let method: String
  let importance: Importance
  var curves: [MarginalCurve] = []

  /// With bars, the greatest first.
  var table: String {
    let rows = sorted.map { [$0.parameters[0], Self.percent($0), Self.bar($0.share)] }
    var parts = [title, Table.text(["parameter", "share", ""], rows)]
    if !importance.pairs.isEmpty {
      parts.append(
        Table.text(["together", "share", ""], importance.pairs.prefix(10).map { [Self.names($0), Self.percent($0), Self.bar($0.share)] }))
    }
    parts += curves.map(table)
    return (parts + importance.remarks.map { "note: \($0)" }).joined(separator: "\n")
  }

  /// A share a line: names, share and its standard error.
  var lines: String {
    let shares = (sorted + importance.pairs).map { share in
      "\(Self.names(share)) \(Numbers.short(share.share)) \(share.deviation.map(Numbers.short) ?? "-")"
    }
    let points = curves.flatMap { curve in
      curve.points.map {
        "\(curve.parameter)=\($0.value.map(Self.text) ?? "absent") \(Numbers.short($0.mean)) \(Numbers.short($0.deviation))"
      }
    }
    return (shares + points + importance.remarks.map { "# \($0)" }).joined(separator: "\n")
  }

  var json: JSON {
    [
      "experiment": .string(experiment), "metric": .string(metric), "method": .string(method), "trials": .int(importance.trials),
      "explained": importance.explained.map(JSON.number) ?? .null, "shares": .array(sorted.map(Self.json)),
      "pairs": .array(importance.pairs.map(Self.json)), "curves": .object(Dictionary(uniqueKeysWithValues: curves.map(Self.json))),
      "remarks": .array(importance.remarks.map(JSON.string)),
    ]
  }

  private var sorted: [Importance.Share] {
    importance.shares.enumerated().sorted { ($1.element.share, $0.offset) < ($0.element.share, $1.offset) }.map(\.element)
  }

  private var title: String {
    let known = importance.explained.map { "; the parameters explain \(Int((100 * max(0, $0)).rounded())) % of them" } ?? ""
    return "\(experiment): shares of the differences in '\(metric)' between \(importance.trials) trials\(known) (\(method))"
  }

  private func table(_ curve: MarginalCurve) -> String {
    let means = curve.points.map(\.mean)
    let (low, high) = (means.min() ?? 0, means.max() ?? 0)
    let rows = curve.points.map { point in
      [
        point.value.map(Self.text) ?? "absent", Numbers.short(point.mean), "± \(Numbers.short(point.deviation))",
        Self.bar(high > low ? (point.mean - low) / (high - low) : 0),
      ]
    }
    return Table.text([curve.parameter, metric, "", ""], rows)
  }

  private static func names(_ share: Importance.Share) -> String { share.parameters.joined(separator: " × ") }

  private static func text(_ value: Value) -> String {
    if case .float(let number) = value { Numbers.short(number) } else { "\(value)" }
  }

  private static func percent(_ share: Importance.Share) -> String {
    let number = "\((1000 * share.share).rounded() / 10) %"
    return number + (share.deviation.map { " ± \((1000 * $0).rounded() / 10)" } ?? "")
  }

  /// Of thirty characters, by eighths.
  private static func bar(_ part: Double) -> String {
    let eighths = Int((min(1, max(0, part)) * 240).rounded())
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }

  private static func json(_ share: Importance.Share) -> JSON {
    [
      "parameters": .array(share.parameters.map(JSON.string)), "share": .number(share.share),
      "deviation": share.deviation.map(JSON.number) ?? .null,
    ]
  }

  private static func json(_ curve: MarginalCurve) -> (String, JSON) {
    let points = curve.points.map { point -> JSON in
      ["value": point.value?.json ?? .null, "mean": .number(point.mean), "deviation": .number(point.deviation)]
    }
    return (curve.parameter, .array(points))
  }
}
