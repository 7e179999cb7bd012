import Foundation

/// Goes through a text that is expected to say certain things; nothing is read where it says others.
struct TextCursor {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  /// - Parameter bytes: UTF-8, valid as long as the cursor is used.
  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { place == bytes.count }

  /// Goes over these letters, when they stand here.
  mutating func skip(_ expected: StaticString) -> Bool {
    let count = expected.utf8CodeUnitCount
    guard place + count <= bytes.count else { return false }
    for offset in 0..<count where bytes[place + offset] != expected.utf8Start[offset] { return false }
    place += count
    return true
  }

  /// A text in quotes without escapes.
  mutating func string() -> String? {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    var end = place + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
    defer { place = end + 1 }
    return String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
  }

  /// Digits, with a sign or without, as far as an `Int` goes.
  mutating func integer() -> Int? {
    var end = place
    let isNegative = end < bytes.count && bytes[end] == UInt8(ascii: "-")
    if isNegative { end += 1 }
    let start = end
    var value = 0
    while end < bytes.count, isDigit(bytes[end]) {
      let digit = Int(bytes[end] - UInt8(ascii: "0"))
      let (tenfold, isTooLong) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLarge) = isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
      guard !isTooLong, !isTooLarge else { return nil }
      value = sum
      end += 1
    }
    guard end > start else { return nil }
    place = end
    return value
  }

  /// An integer that is not the beginning of another number.
  mutating func wholeInteger() -> Int? {
    let start = place
    guard let value = integer() else { return nil }
    if place < bytes.count, Self.marks.contains(bytes[place]) {
      place = start
      return nil
    }
    return value
  }

  /// A number of JSON.
  mutating func number() -> Double? {
    let start = place
    if let whole = wholeInteger(), (-(1 << 53)...(1 << 53)).contains(whole) { return Double(whole) }
    place = start
    guard place < bytes.count, isDigit(bytes[place]) || bytes[place] == UInt8(ascii: "-") else { return nil }
    var end = place
    while end < bytes.count, isDigit(bytes[end]) || Self.marks.contains(bytes[end]) { end += 1 }
    // `strtod` needs an end that is no digit, which every number in a document has.
    guard end < bytes.count, let base = bytes.baseAddress else { return nil }
    let first: UnsafePointer<UInt8> = base + place
    let (value, length) = first.withMemoryRebound(to: CChar.self, capacity: end - place) { text -> (Double, Int) in
      var stop: UnsafeMutablePointer<CChar>?
      let value = strtod(text, &stop)
      return (value, stop.map { UnsafePointer($0) - text } ?? 0)
    }
    guard length == end - place else { return nil }
    place = end
    return value
  }

  private static let marks = [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "-"), UInt8(ascii: "+")]

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
