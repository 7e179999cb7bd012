import Foundation
import Testing

@testable import AttuneCommand

@Suite struct ControllerLockTests {
  @Test func isHeldByOneAndDisturbedByNobody() async throws {
    let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "attune-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(!ControllerLock.isHeld(in: folder))
    try hold(folder)
    // Whoever only looks must never be taken for a controller by one that starts.
    let looking = Task.detached { while !Task.isCancelled { _ = ControllerLock.isHeld(in: folder) } }
    for _ in 1...2000 { try hold(folder) }
    looking.cancel()
    await looking.value
  }

  private func hold(_ folder: URL) throws {
    let lock = try ControllerLock(in: folder)
    #expect(ControllerLock.isHeld(in: folder))
    #expect(throws: Failure.self) { _ = try ControllerLock(in: folder, patience: .zero) }
    _ = consume lock
  }
}
