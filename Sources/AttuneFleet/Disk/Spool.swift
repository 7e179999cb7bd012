#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The file in which an agent keeps every record until the controller has it in its journal.
///
/// A record that `append` returned for survives the death of the process (not a power loss: nothing is forced to the disk).
/// One writer; the agent's lock sees to that.
final class Spool {
  /// More than any record that is ever written.
  private static let frameLimit = 8 << 20

  let path: String
  /// Bytes of whole records.
  private(set) var size = 0
  private var descriptor: Int32

  /// Opens the file, made where missing. `recover` comes next.
  init(path: String) throws(FleetError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Files.failure("open", path) }
  }

  deinit { close(descriptor) }

  /// Hands every whole record to `body`, in order, and cuts off what a death in the middle of a write has left.
  /// - Returns: how many bytes were cut off.
  func recover(_ body: (ProtoSpoolRecord) -> Void) throws(FleetError) -> Int {
    let length = Int(lseek(descriptor, 0, SEEK_END))
    size = length
    var offset = 0
    while offset < length {
      let found = try read(from: offset)
      guard let end = found.last?.end else { break }
      for (record, _) in found { body(record) }
      offset = end
    }
    size = offset
    guard offset == length || ftruncate(descriptor, off_t(offset)) == 0 else { throw Files.failure("shorten", path) }
    return length - offset
  }

  /// Appends all of the records, or none when it throws.
  func append(_ records: [ProtoSpoolRecord]) throws(FleetError) {
    var bytes: [UInt8] = []
    do {
      for record in records { try SpoolFrame.append(record, to: &bytes) }
    } catch { throw .protocolBroken("a record cannot be written: \(error)") }
    guard lseek(descriptor, off_t(size), SEEK_SET) >= 0, Files.writeAll(bytes, to: descriptor) else {
      let problem = Files.failure("write", path)
      _ = ftruncate(descriptor, off_t(size))
      throw problem
    }
    size += bytes.count
  }

  /// Some whole records from `offset`, at least one when there is one, about `atMost` bytes; each with the offset of its end.
  func read(from offset: Int, atMost count: Int = 1 << 16) throws(FleetError) -> [(record: ProtoSpoolRecord, end: Int)] {
    var wanted = count
    while true {
      guard let bytes = Files.readChunk(descriptor, at: offset, atMost: max(0, min(wanted, size - offset))) else {
        throw Files.failure("read", path)
      }
      let found = SpoolFrame.records(in: bytes)
      if !found.isEmpty { return found.map { ($0.record, offset + $0.end) } }
      guard let claimed = SpoolFrame.claimedSize(bytes), claimed > bytes.count, claimed <= min(Self.frameLimit, size - offset) else {
        return []
      }
      wanted = claimed
    }
  }

  /// The offset after the last notice up to `sequence`, looking from `offset`, where a record begins.
  func offset(after sequence: UInt64, from offset: Int) throws(FleetError) -> Int {
    var offset = offset
    while true {
      let found = try read(from: offset)
      let passed = found.prefix { $0.record.entry.notice.sequence <= sequence }
      guard let end = passed.last?.end else { return offset }
      offset = end
      if passed.count < found.count { return offset }
    }
  }

  /// Puts `head` in the place of everything before `offset`, in one step.
  /// - Returns: by how much the offsets of the rest have shrunk.
  func rewrite(_ head: ProtoSpoolRecord, keepingFrom offset: Int) throws(FleetError) -> Int {
    var bytes: [UInt8] = []
    do { try SpoolFrame.append(head, to: &bytes) } catch { throw .protocolBroken("a record cannot be written: \(error)") }
    let headSize = bytes.count
    guard let rest = Files.readChunk(descriptor, at: offset, atMost: size - offset) else { throw Files.failure("read", path) }
    bytes += rest
    try Files.write(bytes, to: path)
    let fresh = open(path, O_RDWR | O_CLOEXEC)
    guard fresh >= 0 else { throw Files.failure("open", path) }
    close(descriptor)
    descriptor = fresh
    size = bytes.count
    return offset - headSize
  }
}
