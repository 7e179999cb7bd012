import System

/// Measured figures as a section in Markdown.
struct Page {
  var skipped: String?
  private(set) var isWithin = true
  private var rows: [String] = []

  mutating func add(_ quantity: String, _ value: Double, _ unit: String, limit: Double?) {
    let isAbove = limit.map { !(value <= $0) } ?? false
    if isAbove { isWithin = false }
    let allowed = limit.map { "≤ \(short($0))" + (isAbove ? " **above**" : "") } ?? ""
    rows.append("| \(quantity) | \(short(value))\(unit.isEmpty ? "" : " \(unit)") | \(allowed) |")
  }

  var text: String {
    (["## `domhan` beside the published program", "", "| Quantity | Measured | Promised |", "|---|---|---|"] + rows
      + (skipped.map { ["", $0] } ?? [])).joined(separator: "\n")
  }
}
