import AttuneCore
import AttuneMath
import Foundation
import Testing

@testable import AttuneStore

/// The promise: what was acknowledged survives `kill -9`, all of a transaction or nothing.
@Suite struct StoreDurabilityTests {
  @Test func acknowledgedEntriesSurviveKill() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path + "/attune.db")
    let record = try store.create(exampleDefinition(), file: nil, user: "ada", at: Timestamp(seconds: 0))
    var random = RandomStream(seed: 1, purpose: "kill", index: 0)
    var acknowledged = 0
    for _ in 0..<20 {
      acknowledged = try writeAndKill(store.path, afterAcknowledgements: Int.random(in: 1...60, using: &random))
      let entries = try ExperimentJournal(record, in: store).entries()
      #expect(entries.count >= acknowledged)
      #expect(entries.compactMap(\.origin?.sequence) == Array(1...entries.count))
      #expect(try store.pool.read { try Bool.fetchOne($0, sql: "SELECT count(*) = ? FROM report", arguments: [entries.count]) } == true)
    }
  }

  /// - Returns: the last number the writer printed before it was killed.
  private func writeAndKill(_ path: String, afterAcknowledgements count: Int) throws -> Int {
    let writer = Process()
    writer.executableURL = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "StoreWriter")
    if !FileManager.default.isExecutableFile(atPath: writer.executableURL?.path ?? "") {
      writer.executableURL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: ".build/debug/StoreWriter")
    }
    writer.arguments = [path]
    let output = Pipe()
    writer.standardOutput = output
    try writer.run()
    var text = ""
    while text.count(where: { $0 == "\n" }) < count {
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { break }
      text += String(decoding: chunk, as: UTF8.self)
    }
    kill(writer.processIdentifier, SIGKILL)
    text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    writer.waitUntilExit()
    let numbers = text.split(separator: "\n").compactMap { Int($0) }
    return try #require(numbers.count >= count ? numbers.last : nil, "the writer ended by itself: \(text.suffix(200))")
  }
}
