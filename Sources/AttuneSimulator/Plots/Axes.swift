#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A frame with two scales, into which a plot is drawn.
struct Axes {
  /// Colours that are told apart by people who do not see all of them.
  /// Source: Okabe and Ito, "Color universal design" (2008).
  static let colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F"]
  private static let (left, right, top, bottom) = (64.0, 16.0, 34.0, 46.0)

  let x: ClosedRange<Double>
  let y: ClosedRange<Double>
  var drawing: Drawing

  /// - Parameters:
  ///   - x: what the frame shows; widened where it is a point.
  ///   - marks: whether numbers stand below.
  init(_ title: String, x: ClosedRange<Double>, _ xName: String, y: ClosedRange<Double>, _ yName: String, marks: Bool = true) {
    self.x = Self.widened(x)
    self.y = Self.widened(y)
    drawing = Drawing(width: 640, height: 400)
    drawing.write(title, at: Self.left, 20)
    drawing.write(xName, at: (Self.left + drawing.width - Self.right) / 2, drawing.height - 8, anchor: "middle")
    drawing.write(yName, at: 14, (Self.top + drawing.height - Self.bottom) / 2, anchor: "middle", turned: true)
    for mark in Self.ticks(self.y) {
      let height = place(x: self.x.lowerBound, y: mark).1
      drawing.line(from: (Self.left, height), to: (drawing.width - Self.right, height), color: "#ddd")
      drawing.write(Self.number(mark), at: Self.left - 6, height + 4, anchor: "end")
    }
    for mark in marks ? Self.ticks(self.x) : [] {
      let across = place(x: mark, y: self.y.lowerBound).0
      drawing.line(from: (across, drawing.height - Self.bottom), to: (across, drawing.height - Self.bottom + 4), color: "#222")
      drawing.write(Self.number(mark), at: across, drawing.height - Self.bottom + 17, anchor: "middle")
    }
    let floor = drawing.height - Self.bottom
    drawing.line(from: (Self.left, floor), to: (drawing.width - Self.right, floor), color: "#222")
    drawing.line(from: (Self.left, Self.top), to: (Self.left, floor), color: "#222")
  }

  /// Where a point is drawn; what is outside goes to the edge.
  func place(x value: Double, y height: Double) -> (Double, Double) {
    let across = (min(max(value, x.lowerBound), x.upperBound) - x.lowerBound) / (x.upperBound - x.lowerBound)
    let up = (min(max(height, y.lowerBound), y.upperBound) - y.lowerBound) / (y.upperBound - y.lowerBound)
    return (
      Self.left + across * (drawing.width - Self.left - Self.right),
      drawing.height - Self.bottom - up * (drawing.height - Self.top - Self.bottom)
    )
  }

  /// The colour of the line of that number.
  static func color(_ index: Int) -> String { colors[index % colors.count] }

  /// Names beside their colours, inside the frame.
  mutating func legend(_ names: [String], atBottom: Bool = false) {
    let first = atBottom ? drawing.height - Self.bottom - 12 - 16 * Double(names.count - 1) : Self.top + 14
    for (index, name) in names.enumerated() {
      let height = first + 16 * Double(index)
      drawing.line(
        from: (drawing.width - 190, height - 4), to: (drawing.width - 170, height - 4), color: Self.color(index), width: 3)
      drawing.write(name, at: drawing.width - 164, height)
    }
  }

  /// Round numbers in a range: 1, 2 or 5 times a power of ten apart, at most eight.
  static func ticks(_ range: ClosedRange<Double>) -> [Double] {
    let width = range.upperBound - range.lowerBound
    guard width > 0, width.isFinite else { return [] }
    var distance = pow(10, (log10(width / 8)).rounded(.up))
    for part in [0.2, 0.5] where width / (distance * part) <= 8 {
      distance *= part
      break
    }
    let first = (range.lowerBound / distance).rounded(.up)
    return (0..<10).map { (first + Double($0)) * distance }.filter { $0 <= range.upperBound + 1e-9 * width }
  }

  /// Six significant digits at most.
  static func number(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    let scale = pow(10, 5 - log10(abs(value)).rounded(.down))
    let short = (value * scale).rounded() / scale
    return short == short.rounded() && abs(short) < 1e15 ? "\(Int(short))" : "\(short)"
  }

  private static func widened(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    guard range.upperBound > range.lowerBound else { return (range.lowerBound - 0.5)...(range.upperBound + 0.5) }
    return range
  }
}
