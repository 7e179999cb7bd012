import Attune
import Foundation

/// A program with a live variable of each type and a trigger, for tests that drive it from other processes.
///
/// It obeys the lines of its standard input: `TAG` prints a value, or whether the trigger fired; `changed TAG` whether that was changed;
/// `step N` completes steps. Answers begin with `= `. It ends with its input.
@main
struct ProgramForTests {
  enum Solver: String, CaseIterable, LiveValue { case sgd, adam }

  static let rate = LiveVariable("rate", 0.1, in: 0...1)
  static let depth = LiveVariable("depth", 4)
  static let flag = LiveVariable("flag", true)
  static let name = LiveVariable("name", "first")
  static let solver = LiveVariable("solver", Solver.sgd)
  static let save = LiveTrigger("save")

  static func main() {
    // Declared when first read.
    _ = (rate, depth, flag, name, solver, save)
    while let line = readLine() {
      // Unlike `print`, it reaches a pipe at once.
      FileHandle.standardOutput.write(Data("= \(answer(line.split(separator: " ").map(String.init)))\n".utf8))
    }
  }

  private static func answer(_ words: [String]) -> String {
    switch words {
    case ["rate"]: "\(rate())"
    case ["depth"]: "\(depth())"
    case ["flag"]: "\(flag())"
    case ["name"]: name()
    case ["solver"]: solver().rawValue
    case ["save"]: "\(save.fired())"
    case ["changed", "rate"]: "\(rate.isChanged())"
    default: step(words)
    }
  }

  private static func step(_ words: [String]) -> String {
    guard words.first == "step", let last = words.last, let number = Int(last) else { return "?" }
    LiveRegistry.shared.step(number)
    return last
  }
}
