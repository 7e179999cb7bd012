import ArgumentParser
import AttuneValues
import AttuneWire
import Foundation
import Synchronization

struct PsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps", abstract: "Lists the programs of this user that can be tuned: running trials, and programs that run by themselves.")

  @Flag(help: "Go on: print a line of JSON whenever a program appears, reports, changes or vanishes, until interrupted.")
  var watch = false
  @Option(help: "With --watch: end after this many lines.")
  var lines: Int?
  @OptionGroup var output: JSONOption

  func run() async throws {
    guard !watch else { return try follow() }
    let entries = RuntimeDirectory.existing().flatMap { $0.sweep() }
    let answers: [Survey.Answers]
    do { answers = try Survey().ask(entries, within: .seconds(1)) } catch { throw Failure(error) }
    let now = wallClockSeconds()
    let programs = answers.flatMap { ProgramListing.all(of: $0, now: now) }
    if output.isJSON { return print(JSON.array(programs.map(\.json)).text) }
    guard !programs.isEmpty else { return print("no program with live variables runs") }
    print(Table.text(ProgramListing.header, programs.map(\.row)))
  }

  private func follow() throws {
    do {
      let isOver = try Bell()
      let left = Mutex(lines ?? .max)
      let feed = Feed { line in
        guard left.withLock({ $0 > 0 }) else { return }
        let isHeard = Self.write(line.text + "\n")
        left.withLock { $0 -= 1 }
        if !isHeard || left.withLock({ $0 <= 0 }) { isOver.ring() }
      }
      let loop = try feed.start()
      defer { loop.stop() }
      while left.withLock({ $0 > 0 }), !isOver.wait(until: .after(.seconds(3600))) {}
    } catch { throw Failure(error) }
  }

  /// At once, also into a pipe.
  /// - Returns: `false` when nobody reads any more.
  private static func write(_ line: String) -> Bool {
    let bytes = Array(line.utf8)
    return bytes.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) } == bytes.count
  }
}
