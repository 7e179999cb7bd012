/// The result of a script written for Auptimizer: its last line `#Auptimizer:VALUE[,extra]`.
enum AuptimizerResult {
  private static let prefix = Array("#Auptimizer:".utf8)

  /// The value in one line; `nil` when it is another line or holds no number.
  static func value(in line: [UInt8]) -> Double? {
    guard line.starts(with: prefix) else { return nil }
    let text = String(decoding: line.dropFirst(prefix.count), as: UTF8.self)
    let first = text.prefix { $0 != "," }.drop { $0 == " " }
    return Double(first.prefix { $0 != " " })
  }

  /// The last value in the file; `nil` when there is none.
  static func last(in path: String) -> Double? {
    var tail = LogTail(path: path, offset: 0)
    defer { tail.close() }
    var last: Double?
    while true {
      let (lines, isAtEnd) = tail.read(atMost: 1 << 20, isFinal: true)
      last = lines.last { value(in: $0.bytes) != nil }.flatMap { value(in: $0.bytes) } ?? last
      if isAtEnd { return last }
    }
  }
}
