/// Durations as people write them: `2h`, `10m`, `1h30m`, `500ms`, or a plain number of seconds.
enum DurationText {
  static let allowed = "a duration such as 30s, 10m, 1h30m or 500ms, or a number of seconds"

  private static let units: [(name: String, seconds: Double)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

  /// Seconds; `nil` when the text is no duration.
  static func seconds(_ text: String) -> Double? {
    if let number = Double(text) { return number.isFinite ? number : nil }
    var rest = text[...].drop(while: \.isWhitespace)
    var total = 0.0
    var lastUnit = Double.infinity
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count).drop(while: \.isWhitespace)
      let letters = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(letters.count).drop(while: \.isWhitespace)
      guard let number = Double(digits), let unit = unit(String(letters)), unit < lastUnit else { return nil }
      total += number * 1000 * unit
      lastUnit = unit
    }
    return lastUnit.isFinite ? total / 1000 : nil
  }

  /// The shortest text that `seconds` reads back exactly.
  static func text(_ seconds: Double) -> String {
    guard seconds > 0, seconds < 1e9 else { return seconds.description }
    let milliseconds = seconds * 1000
    guard milliseconds == milliseconds.rounded(), milliseconds / 1000 == seconds else { return seconds.description }
    if milliseconds < 1000 { return "\(Int(milliseconds))ms" }
    guard seconds == seconds.rounded() else { return seconds.description }
    var rest = Int(seconds)
    var text = ""
    for unit in units where rest >= Int(unit.seconds) {
      text += "\(rest / Int(unit.seconds))\(unit.name)"
      rest %= Int(unit.seconds)
    }
    return text
  }

  private static func unit(_ name: String) -> Double? {
    name == "ms" ? 0.001 : units.first { $0.name == name }?.seconds
  }
}
