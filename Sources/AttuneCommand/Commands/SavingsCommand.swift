import ArgumentParser
import AttuneEngine
import AttuneStore

struct SavingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "savings", abstract: "Says how many restarts the changes avoided, and what they would have cost, as measured.")

  @Argument(help: "An experiment, or a program that runs by itself: its name or process number (default: the newest experiment).")
  var name: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let report = try report()
    print(output.isJSON ? report.json.text : report.text)
  }

  private func report() throws -> SavingsReport {
    do {
      let (store, record) = try place.open(name)
      var runs: [Savings.Run] = []
      for row in try store.trials(of: record) {
        if let trial = try store.trial(row.number, of: record) { runs += Savings.Run.all(of: trial) }
      }
      return SavingsReport(name: "experiment '\(record.name)'", savings: Savings(runs))
    } catch let missing as Failure where missing.status == .unknown {
      guard let target = try? TargetOptions.connect(toProgram: name) else {
        throw Failure(.unknown, "\(missing.description); nor does such a program run by itself")
      }
      let program = try ProgramHistory(target)
      return SavingsReport(name: program.name, savings: Savings([Savings.Run(program, at: SystemClock().now)]))
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    }
  }
}
