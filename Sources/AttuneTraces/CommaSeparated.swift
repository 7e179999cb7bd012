/// Lines of comma-separated cells. A cell may stand in double quotes, with `""` for a quote; empty lines are passed over.
struct CommaSeparated {
  /// A cell as its place among the bytes.
  struct Cell {
    let bytes: Range<Int>
    let isQuoted: Bool
  }

  private let bytes: [UInt8]
  private var position: Int
  private var nextLine = 1
  /// The line at which the cells below begin, from 1.
  private(set) var line = 0
  /// The cells that `advance` found.
  private(set) var cells: [Cell] = []

  /// - Parameter text: a mark of byte order in front is passed over.
  init(_ text: String) {
    bytes = Array(text.utf8)
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Goes to the next line that is not empty.
  /// - Returns: whether there was one.
  mutating func advance() -> Bool {
    while position < bytes.count {
      line = nextLine
      cells.removeAll(keepingCapacity: true)
      while addCell() {}
      if cells.count > 1 || cells[0].isQuoted || !trimmed(cells[0]).isEmpty { return true }
    }
    return false
  }

  /// What a cell says, without blanks around it unless they are quoted.
  func text(_ cell: Cell) -> String {
    guard cell.isQuoted else { return String(decoding: bytes[trimmed(cell)], as: UTF8.self) }
    var text: [UInt8] = []
    var index = cell.bytes.lowerBound
    while index < cell.bytes.upperBound {
      text.append(bytes[index])
      index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether a cell says the same as an earlier one's text.
  func isEqual(_ cell: Cell, to text: String) -> Bool {
    cell.isQuoted ? self.text(cell) == text : bytes[trimmed(cell)].elementsEqual(text.utf8)
  }

  /// Takes the cell at the position, and what ends it.
  /// - Returns: whether another one follows on the line.
  private mutating func addCell() -> Bool {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { takeQuoted() } else { takePlain() }
    guard position < bytes.count else { return false }
    let end = bytes[position]
    position += 1
    if end == UInt8(ascii: "\n") { nextLine += 1 }
    return end == UInt8(ascii: ",")
  }

  private mutating func takePlain() {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "\n") { position += 1 }
    cells.append(Cell(bytes: start..<position, isQuoted: false))
  }

  /// What stands between the closing quote and the end of the cell is passed over.
  private mutating func takeQuoted() {
    let quote = UInt8(ascii: "\"")
    position += 1
    let start = position
    while position < bytes.count {
      if bytes[position] == quote {
        guard position + 1 < bytes.count, bytes[position + 1] == quote else { break }
        position += 1
      }
      if bytes[position] == UInt8(ascii: "\n") { nextLine += 1 }
      position += 1
    }
    cells.append(Cell(bytes: start..<position, isQuoted: true))
    while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "\n") { position += 1 }
  }

  private func trimmed(_ cell: Cell) -> Range<Int> {
    var (start, end) = (cell.bytes.lowerBound, cell.bytes.upperBound)
    while start < end, isBlank(bytes[start]) { start += 1 }
    while start < end, isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t") }
}
