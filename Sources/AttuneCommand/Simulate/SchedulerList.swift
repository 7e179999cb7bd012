import AttuneCore
import AttuneSchedulers
import AttuneValues

/// `fifo,asha:min_steps=2,pop:boundary=4:predictor=last`, as a person types it: schedulers, each with its options behind colons.
enum SchedulerList {
  /// A scheduler that can be made as often as there are repeats.
  struct Entry: Sendable {
    let choice: AlgorithmChoice
    let scheduler: any Scheduler
  }

  /// Reads them, in their order.
  /// - Throws: `Failure`: bad input for an unknown scheduler, an option that it does not have, or a list without one.
  static func read(_ text: String) throws -> [Entry] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    return try words.map { word in
      let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard let name = parts.first, !name.isEmpty else {
        throw Failure(.badInput, "--schedulers '\(text)': a name is missing; expected NAME[:OPTION=VALUE…],…, e.g. fifo,asha:min_steps=2")
      }
      var options: [String: Value] = [:]
      for part in parts.dropFirst() {
        guard let equals = part.firstIndex(of: "="), equals != part.startIndex else {
          throw Failure(.badInput, "--schedulers: '\(part)' is no option of \(name); expected OPTION=VALUE, e.g. \(name):startup=3")
        }
        options[String(part[..<equals])] = Value(typed: String(part[part.index(after: equals)...]))
      }
      return try entry(AlgorithmChoice(name, options: options))
    }
  }

  /// A scheduler by its choice.
  static func entry(_ choice: AlgorithmChoice) throws -> Entry {
    do {
      return Entry(choice: choice, scheduler: try SchedulerCatalog.make(choice))
    } catch {
      throw Failure(.badInput, "--schedulers: \(error)")
    }
  }
}
