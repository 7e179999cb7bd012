import Attune
import AttuneMath
import Foundation

/// A rank that does nothing but step, at its own uneven pace, and prints each step at which it saw a change; `GroupProcessTests` and
/// Benchmarks/ranks.py start several of them.
///
/// Arguments: the seed of its pace, the longest step in microseconds, the step it goes on from, the milliseconds that ranks have to answer,
/// and, where each change has a variable of its own, how many: `level 1`, `level 2` …
@main
struct RankWorker {
  static func main() throws {
    let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let rank = Int(ProcessInfo.processInfo.environment["ATTUNE_RANK"] ?? "") ?? 0
    var random = RandomStream(seed: UInt64(numbers[0]), purpose: "pace", index: rank)
    let rate = LiveVariable("rate", 0.5, in: 0...1) { $0 < 0.1 && rank == 2 ? "rank 2 does not go below 0.1" : nil }
    let level = LiveVariable("level", 0)
    let save = LiveTrigger("save")
    let stop = LiveTrigger("stop")
    let levels = (0..<(numbers.count > 4 ? numbers[4] : 0)).map { LiveVariable("level \($0 + 1)", 0) }
    LiveRegistry.shared.step(numbers[2])
    try LiveRegistry.shared.joinGroup(patience: .milliseconds(numbers[3]))
    say("joined \(rate()) \(level())")
    _ = (rate.isChanged(), level.isChanged())

    var step = numbers[2]
    while !stop.fired() {
      // Nobody signals it: a step takes its time.
      _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .microseconds(Int.random(in: 0...numbers[1], using: &random)))
      step += 1
      LiveRegistry.shared.step(step)
      if [rate.isChanged(), level.isChanged()].contains(true) { say("\(step) \(rate()) \(level())") }
      for (number, own) in levels.enumerated() where own.isChanged() { say("\(step) level \(number + 1)") }
      if save.fired() { say("\(step) save") }
    }
    say("end \(step)")
  }

  private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
