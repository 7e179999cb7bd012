import AttuneCore
@testable import AttuneFleet
import AttuneMath
import Foundation
import Testing

/// What is on the agent's disk, whatever happened in the middle of writing it.
@Suite struct SpoolTests {
  /// Records of a life: attempts begin, report, are changed and end, chosen by a seeded stream.
  private static func life(_ count: Int, seed: UInt64) -> [ProtoSpoolRecord] {
    var random = RandomStream(seed: seed, purpose: "spool", index: 0)
    var running: [String] = []
    var begun = 0
    var sequence: UInt64 = 0
    return (0..<count).map { _ in
      let choice = running.isEmpty ? 0 : Int(random.next() % 8)
      if choice == 0 {
        begun += 1
        running.append("\(begun).1")
        let attempt = running[running.count - 1]
        return .with {
          $0.prepared = .with {
            $0.attempt = attempt; $0.directory = "/d\(attempt)"; $0.token = String(repeating: "t", count: begun)
          }
        }
      }
      sequence += 1
      let index = Int(random.next() % UInt64(running.count))
      let attempt = running[index]
      if choice == 7 { running.remove(at: index) }
      return .with { record in
        record.entry = entry(sequence, attempt, choice, random.next() % 1000)
      }
    }
  }

  private static func entry(_ sequence: UInt64, _ attempt: String, _ choice: Int, _ number: UInt64) -> ProtoSpoolEntry {
    .with { entry in
      entry.notice.sequence = sequence
      switch choice {
      case 1: entry.notice.started.attempt = attempt
      case 2:
        entry.notice.refused = .with {
          $0.attempt = attempt; $0.number = number
        }
      case 7: entry.notice.ended = ProtoAttemptEnded(AttemptID(attempt) ?? "9.9", Ending(cause: .exited(status: 0), tail: "t"))
      default:
        entry.notice.reported = .with {
          $0.attempt = attempt; $0.step = number; $0.metrics = ["loss": Double(number)]
        }
        if choice == 3 {
          entry.program = .with {
            $0.pid = 7; $0.report = number
          }
        } else {
          entry.stream = .with { $0.offset = number }
        }
      }
    }
  }

  private func fold(_ records: [ProtoSpoolRecord]) -> Ledger {
    var ledger = Ledger()
    for record in records { ledger.apply(record) }
    return ledger
  }

  private func recovered(_ path: String) throws -> (records: [ProtoSpoolRecord], lost: Int, spool: Spool) {
    let spool = try Spool(path: path)
    var records: [ProtoSpoolRecord] = []
    let lost = try spool.recover { records.append($0) }
    return (records, lost, spool)
  }

  @Test func aTornRecordIsDroppedAtEveryByte() throws {
    let fixture = try Fixture()
    let path = fixture.root + "/spool"
    let records = Self.life(12, seed: 1)
    let spool = try Spool(path: path)
    var ends = [0]
    for record in records {
      try spool.append([record])
      ends.append(spool.size)
    }
    let bytes = try #require(Files.read(path))
    for length in 0...bytes.count {
      try Data(bytes[..<length]).write(to: URL(fileURLWithPath: path))
      let whole = try #require(ends.lastIndex { $0 <= length })
      let (found, lost, fresh) = try recovered(path)
      #expect(found == Array(records[..<whole]), "cut at \(length)")
      #expect(lost == length - ends[whole])
      try fresh.append([records[0]])
      #expect(try recovered(path).records == found + [records[0]])
    }
  }

  @Test(arguments: 0..<40)
  func aFlippedBitEndsWhatIsBelieved(round: Int) throws {
    let fixture = try Fixture()
    let path = fixture.root + "/spool"
    let records = Self.life(20, seed: 2)
    try Spool(path: path).append(records)
    var bytes = try #require(Files.read(path))
    var random = RandomStream(seed: 3, purpose: "flip", index: round)
    bytes[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let found = try recovered(path).records
    #expect(found.count < records.count && found == Array(records[..<found.count]))
  }

  @Test(arguments: 0..<30)
  func aRewrittenSpoolTellsTheSame(round: Int) throws {
    let fixture = try Fixture()
    let path = fixture.root + "/spool"
    let records = Self.life(120, seed: UInt64(round))
    let spool = try Spool(path: path)
    try spool.append(records)
    let ledger = fold(records)
    let acknowledged = UInt64(round) * ledger.sequence / 30
    let offset = try spool.offset(after: acknowledged, from: 0)
    let shrunk = try spool.rewrite(ledger.head, keepingFrom: offset)
    let (found, lost, fresh) = try recovered(path)
    #expect(lost == 0)
    #expect(fold(found).attempts == ledger.attempts)
    #expect(fold(found).sequence == ledger.sequence)
    let rest = try fresh.read(from: offset - shrunk, atMost: 1 << 20).map(\.record.entry.notice.sequence).filter { $0 > 0 }
    #expect(rest == Array((acknowledged + 1)...max(acknowledged + 1, ledger.sequence)).filter { $0 <= ledger.sequence })
  }

  @Test func aFullDiskTakesAllOrNothing() throws {
    let spool = try Spool(path: "/dev/full")
    #expect(throws: FleetError.system(action: "write", path: "/dev/full", code: ENOSPC)) { try spool.append(Self.life(3, seed: 1)) }
    #expect(spool.size == 0)
  }
}
