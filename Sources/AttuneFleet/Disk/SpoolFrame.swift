internal import SwiftProtobuf

/// How a record lies in the spool: four bytes of length, four of checksum (little-endian), the record.
///
/// A frame that was not written to its end, or not truly, is not a frame: reading stops before it.
enum SpoolFrame {
  static let headSize = 8

  /// Appends the record's frame.
  static func append(_ record: ProtoSpoolRecord, to bytes: inout [UInt8]) throws {
    let payload: [UInt8] = try record.serializedBytes()
    append(UInt32(payload.count), to: &bytes)
    append(checksum(payload[...]), to: &bytes)
    bytes += payload
  }

  /// The records at the start of `bytes`, each with the offset of its end.
  static func records(in bytes: [UInt8]) -> [(record: ProtoSpoolRecord, end: Int)] {
    var records: [(record: ProtoSpoolRecord, end: Int)] = []
    var position = 0
    while position + headSize <= bytes.count {
      let length = Int(number(bytes, at: position))
      let start = position + headSize
      guard length <= bytes.count - start else { break }
      let payload = bytes[start..<start + length]
      guard checksum(payload) == number(bytes, at: position + 4),
        let record = try? ProtoSpoolRecord(serializedBytes: Array(payload))
      else { break }
      position = start + length
      records.append((record, position))
    }
    return records
  }

  /// What the frame at the start of `bytes` claims to need, its head included; `nil` when even the head is not whole.
  static func claimedSize(_ bytes: [UInt8]) -> Int? {
    bytes.count < headSize ? nil : headSize + Int(number(bytes, at: 0))
  }

  /// FNV-1a of 32 bits, never 0, so that a hole of zero bytes is no frame.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var state: UInt32 = 0x811C_9DC5
    for byte in bytes { state = (state ^ UInt32(byte)) &* 0x0100_0193 }
    return state == 0 ? 1 : state
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift))) }
  }

  private static func number(_ bytes: [UInt8], at position: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) }
  }
}
