/// A picture as text: scalable vector graphics, as browsers and documents show them. Written piece by piece; nothing is read back.
struct Drawing {
  let width: Double
  let height: Double
  private var pieces: [String] = []

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// The file.
  var text: String {
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.short(width)) \(Self.short(height))\" "
      + "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    return head + pieces.joined(separator: "\n") + "\n</svg>\n"
  }

  mutating func line(from start: (Double, Double), to end: (Double, Double), color: String, width: Double = 1) {
    pieces.append(
      "<line x1=\"\(Self.short(start.0))\" y1=\"\(Self.short(start.1))\" x2=\"\(Self.short(end.0))\" y2=\"\(Self.short(end.1))\" "
        + "stroke=\"\(color)\" stroke-width=\"\(Self.short(width))\"/>")
  }

  /// - Parameter fill: the colour inside; `nil` for a mere line.
  mutating func path(_ points: [(Double, Double)], color: String, fill: String? = nil) {
    guard points.count > 1 else { return }
    let text = points.map { "\(Self.short($0.0)),\(Self.short($0.1))" }.joined(separator: " ")
    pieces.append(
      fill.map { "<polygon points=\"\(text)\" fill=\"\($0)\" fill-opacity=\"0.2\" stroke=\"none\"/>" }
        ?? "<polyline points=\"\(text)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\"/>")
  }

  mutating func rectangle(_ left: Double, _ top: Double, width: Double, height: Double, color: String, fill: String) {
    pieces.append(
      "<rect x=\"\(Self.short(left))\" y=\"\(Self.short(top))\" width=\"\(Self.short(max(0, width)))\" "
        + "height=\"\(Self.short(max(0, height)))\" fill=\"\(fill)\" fill-opacity=\"0.35\" stroke=\"\(color)\"/>")
  }

  mutating func circle(_ x: Double, _ y: Double, color: String) {
    pieces.append("<circle cx=\"\(Self.short(x))\" cy=\"\(Self.short(y))\" r=\"2\" fill=\"\(color)\" fill-opacity=\"0.6\"/>")
  }

  /// - Parameter anchor: which part of the text is at the point: `start`, `middle` or `end`.
  mutating func write(_ words: String, at x: Double, _ y: Double, anchor: String = "start", color: String = "#222", turned: Bool = false) {
    let turn = turned ? " transform=\"rotate(-90 \(Self.short(x)) \(Self.short(y)))\"" : ""
    pieces.append(
      "<text x=\"\(Self.short(x))\" y=\"\(Self.short(y))\" text-anchor=\"\(anchor)\" fill=\"\(color)\"\(turn)>\(Self.escaped(words))</text>"
    )
  }

  /// Two digits behind the point are less than a pixel.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = (value * 100).rounded() / 100
    return hundredths == hundredths.rounded() && abs(hundredths) < 1e15 ? "\(Int(hundredths))" : "\(hundredths)"
  }

  static func escaped(_ words: String) -> String {
    var text = ""
    for character in words {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      default: text.append(character)
      }
    }
    return text
  }
}
