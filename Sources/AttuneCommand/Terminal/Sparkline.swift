/// A curve in one line of text.
enum Sparkline {
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// - Parameters:
  ///   - values: those that are not finite are shown as a space.
  ///   - width: characters at the most; more values are put together, the last of each group standing for it.
  static func text(_ values: [Double], width: Int) -> String {
    guard !values.isEmpty, width > 0 else { return "" }
    let shown = values.count <= width ? values : (1...width).map { values[$0 * values.count / width - 1] }
    let finite = shown.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return String(repeating: " ", count: shown.count) }
    return String(
      shown.map { value in
        guard value.isFinite else { return " " }
        guard high > low else { return bars[3] }
        return bars[Int(((value - low) / (high - low) * 7).rounded())]
      })
  }
}
