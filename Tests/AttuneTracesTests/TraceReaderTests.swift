import AttuneCore
import AttuneMath
import Foundation
import Testing

@testable import AttuneTraces

@Suite struct TraceReaderTests {
  static let head = "trial,step,seconds,accuracy\n"

  @Test func readsATrace() throws {
    let text = "config,status,epoch,seconds,loss\r\n7,OK,1,0.5,2\r\nb,OK,1,0.25,1e300\r\n\r\n7,\"O,K\",2,1.5,\r\nb,OK,2,3,nan"
    let trace = try TraceReader(columns: .init(trial: "config", step: "epoch")).read(text, name: "t.csv")
    #expect(trace.metrics == ["loss"] && trace.trials.map(\.name) == ["7", "b"] && trace.leftOut.isEmpty)
    #expect(trace.trials[0].steps == [1, 2] && trace.trials[0].seconds == [0.5, 1.5])
    let losses = try #require(trace.trials[0].metrics["loss"])
    #expect(losses[0] == 2 && losses[1].isNaN)
    #expect(trace.trial(named: "b")?.curve(of: "loss", goal: .minimize, reports: 1) == LearningCurve(steps: [1], values: [-1e300]))
    #expect(trace.trials[0].curve(of: "accuracy", goal: .maximize) == LearningCurve())
  }

  /// What is refused, and what is said.
  static let refused: [(String, String)] = [
    ("", "t.csv: no line; a trace begins with the names of its columns, such as 'trial,step,seconds,accuracy'"),
    (head, "t.csv: names of columns, but no report"),
    (
      "trial,epoch,seconds,accuracy\n",
      "t.csv:1: no column 'step'; allowed: trial, epoch, seconds, accuracy; the columns of trial, step and seconds can be named"
    ),
    ("trial,step,second\n", "t.csv:1: no column 'seconds'. Did you mean 'second'?; the columns of trial, step and seconds can be named"),
    ("trial,step,seconds,step\n", "t.csv:1: two columns are called 'step'"),
    ("trial,step,seconds,loss,accurcy\n", "t.csv:1: no metric 'accuracy'. Did you mean 'accurcy'?"),
    (head + "1,1,1\n", "t.csv:2: 3 cells; the first line names 4 columns"),
    (head + "1,x,1,0.5\n", "t.csv:2: trial 1: step: 'x' refused; allowed: a whole number, from 1"),
    (head + "1,0,1,0.5\n", "t.csv:2: trial 1: step: '0' refused; allowed: a whole number, from 1"),
    (head + "1,1,inf,0.5\n", "t.csv:2: trial 1: seconds: 'inf' refused; allowed: a finite number"),
    (
      head + "1,1,0,0.5\n",
      "t.csv:2: trial 1: 0.0 seconds stand after 0.0; allowed: seconds since the trial's start, each report later than the one before"
    ),
    (
      head + "1,1,2,0.5\n1,2,2,0.5\n",
      "t.csv:3: trial 1: 2.0 seconds stand after 2.0; allowed: seconds since the trial's start, each report later than the one before"
    ),
    (head + "1,1,1,0.5\n2,1,1,0.5\n1,1,2,0.5\n", "t.csv:4: trial 1: step 1 stands after step 1; allowed: steps that ascend"),
    (head + "1,1,1,0.5\n1,2,2,0.5\n1,4,3,0.5\n1,5,4,0.5\n", "t.csv:4: trial 1: step 3 is missing"),
    (head + "1,15,1,0.5\n1,20,2,0.5\n1,25,3,0.5\n", "t.csv:2: trial 1: steps 5 to 10 are missing"),
    (head + "1,1,1,high\n", "t.csv:2: trial 1: accuracy: 'high' refused; allowed: a number, nan, inf, or nothing"),
  ]

  @Test(arguments: refused) func mistakesAreLocated(text: String, message: String) {
    let error = #expect(throws: TraceError.self) { try TraceReader(metrics: ["accuracy"]).read(text, name: "t.csv") }
    #expect(error?.description == message)
  }

  @Test func aTrialWithAFaultIsLeftOutOnRequest() throws {
    let text = Self.head + "1,1,1,0.5\n2,1,1,0.5\n1,1,2,0.5\n2,2,2,0.6\n"
    let trace = try TraceReader(faults: .leftOut).read(text, name: "t.csv")
    #expect(trace.trials.map(\.name) == ["2"])
    #expect(trace.leftOut == [TraceError(file: "t.csv", line: 4, trial: "1", .stepsDescend(step: 1, after: 1))])
    let only = Self.head + "1,1,0,0.5\n"
    #expect(throws: TraceError.self) { try TraceReader(faults: .leftOut).read(only, name: "t.csv") }
  }

  @Test(arguments: [[1, 5, 10, 15], [2000, 4000, 6000], [3, 9, 10, 17, 40], [7]]) func otherStepsMissNothing(steps: [Int]) throws {
    let lines = steps.map { "a,\($0),\($0),0.5\n" }
    #expect(try TraceReader().read(Self.head + lines.joined(), name: "t.csv").trials[0].steps == steps)
  }

  @Test func gapsAreReadOnRequest() throws {
    let text = Self.head + "1,1,1,0.5\n1,2,2,0.5\n1,4,3,0.5\n1,5,4,0.5\n"
    #expect(try TraceReader(allowsGaps: true).read(text, name: "t.csv").trials[0].steps == [1, 2, 4, 5])
  }

  @Test(arguments: 0..<20) func whatIsWrittenIsReadAgain(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "trace", index: 0)
    let names = ["3", "a,b", "say \"so\"", " blank ", "two\nlines", ""]
    let trials = names.map { name in
      var (step, time) = (0, 0.0)
      let rows = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        step += Int.random(in: 1...9, using: &random)
        time += .random(in: 1e-9...1e9, using: &random)
        return (step, time, Double.random(in: -1e-3...1e300, using: &random))
      }
      return TracedTrial(name: name, steps: rows.map(\.0), seconds: rows.map(\.1), metrics: ["a,\"b": rows.map(\.2)])
    }
    let trace = Trace(metrics: ["a,\"b"], trials: trials)
    #expect(try TraceReader(allowsGaps: true).read(trace.text(), name: "t.csv") == trace, "seed \(seed)")
  }

  @Test func aFileThatIsNotThereSaysSo() {
    let error = #expect(throws: TraceError.self) { try TraceReader().read(file: "no such folder/t.csv") }
    #expect(error?.file == "no such folder/t.csv")
  }
}
