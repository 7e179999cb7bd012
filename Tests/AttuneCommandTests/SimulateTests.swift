import AttuneValues
import Foundation
import Testing

/// `attune simulate` and `attune export` with the real command.
@Suite struct SimulateTests {
  /// Three configurations of three steps of 1, 2 and 3 seconds; only the last reaches 0.9, at its second step.
  static let trace = """
    trial,step,seconds,accuracy
    a,1,1,0.1
    a,2,2,0.2
    a,3,3,0.3
    b,1,2,0.2
    b,2,4,0.4
    b,3,6,0.5
    c,1,3,0.3
    c,2,6,0.9
    c,3,9,0.95

    """

  private func json(_ result: CommandRun.Result) throws -> JSON {
    #expect(result.status == 0, "\(result.errors)")
    return try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
  }

  @Test func schedulersAreCompared() async throws {
    let run = try CommandRun()
    try run.write(Self.trace, to: "t.csv")
    let words = [
      "simulate", "--trace", "t.csv", "--goal", "maximize", "--target", "0.9", "--schedulers", "fifo,asha:min_steps=1", "--order",
      "as-given",
    ]
    let answer = try json(await run.finish(run.start(words + ["--json"])))
    let fifo = answer["schedulers"]?.array?[0]
    #expect(fifo?["time_to_target"]?["each"] == [15.0] && fifo?["machine_seconds"]?["mean"] == 15.0)
    #expect(answer["schedulers"]?.array?[1]["scheduler"] == "asha:min_steps=1")
    #expect(answer["schedulers"]?.array?[1]["time_to_target"]?["reached"] == 1)
    let table = await run.finish(try run.start(words + ["--csv", "out", "--svg", "out"]))
    #expect(table.output.contains("time to target") && table.output.contains("1/1"), "\(table.output)\(table.errors)")
    let runs = try String(contentsOf: run.folder.appending(path: "out/runs.csv"), encoding: .utf8)
    #expect(runs.hasPrefix("scheduler,repeat,time_to_target") && runs.contains("\nfifo,1,15.0,15.0,0.9,"), "\(runs)")
    for name in ["best.csv", "trials.csv", "time-to-target.svg", "best.svg", "durations.svg"] {
      #expect(FileManager.default.fileExists(atPath: run.folder.appending(path: "out/\(name)").path), "\(name)")
    }
    let picture = try Data(contentsOf: run.folder.appending(path: "out/time-to-target.svg"))
    #expect(XMLText.isWhole(picture), "\(String(decoding: picture, as: UTF8.self))")
  }

  @Test func whatMakesNoSenseIsSaidInALine() async throws {
    let run = try CommandRun()
    try run.write(Self.trace, to: "t.csv")
    try run.write(Self.trace.replacing("b,3,6,0.5", with: "b,4,8,0.5\nb,5,10,0.6"), to: "gap.csv")
    try run.write(Self.trace.replacing("b,2,4,", with: "b,2,2,"), to: "zero.csv")
    let basis = ["simulate", "--goal", "maximize", "--trace"]
    let cases: [([String], String, Int32)] = [
      (basis + ["t.csv", "--slots", "0"], "slots: 0 refused", 2),
      (basis + ["t.csv", "--metric", "acuracy"], "Did you mean 'accuracy'?", 2),
      (basis + ["t.csv", "--schedulers", "asah"], "Did you mean 'asha'?", 2),
      (basis + ["gap.csv"], "gap.csv:7: trial b: step 3 is missing", 2),
      (basis + ["zero.csv"], "zero.csv:6: trial b: 2.0 seconds stand after 2.0", 2), (basis + ["none.csv"], "none.csv", 3),
      (basis + ["t.csv", "--configurations", "9"], "9 configurations of 3 refused", 2), (["simulate"], "nothing to play", 2),
      (["simulate", "--trace", "t.csv"], "--goal is missing", 2), (basis + ["t.csv", "--repeats", "0"], "--repeats 0 refused", 2),
    ]
    for (words, complaint, status) in cases {
      let result = await run.finish(try run.start(words))
      #expect(result.status == status && result.errors.contains(complaint), "\(words): \(result.status) \(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
    let kept = try json(await run.finish(run.start(basis + ["gap.csv", "--leave-out-faulty", "--schedulers", "fifo", "--json"])))
    #expect(kept["known_configurations"] == 2 && kept["notes"]?.array?.first?.string?.contains("left out") == true)
  }

  @Test func aTargetThatIsNeverMetIsALowerBound() async throws {
    let run = try CommandRun()
    try run.write(Self.trace, to: "t.csv")
    let words = ["simulate", "--trace", "t.csv", "--goal", "maximize", "--target", "2", "--schedulers", "fifo"]
    let time = try json(await run.finish(run.start(words + ["--json"])))["schedulers"]?.array?[0]["time_to_target"]
    #expect(time?["each"] == [.null] && time?["is_lower_bound"] == true && time?["median"] == .null && time?["mean"] == 18.0)
    #expect(await run.finish(try run.start(words)).output.contains("fifo did not reach the target in 1 of 1"))
  }

  @Test func anExperimentIsRecordedAndPlayedAgain() async throws {
    let run = try CommandRun()
    try run.write(SpaceTests.file, to: "e.yaml")
    #expect(try await run.attune("run", "e.yaml", "--trials", "4").status == 0)
    let exported = try json(try await run.attune("export", "shell", "--trace", "t.csv", "--json"))
    #expect(exported["trials"] == 4 && exported["reports"] == 4 && exported["cut_short"] == 0)
    let text = try String(contentsOf: run.folder.appending(path: "t.csv"), encoding: .utf8)
    #expect(text.hasPrefix("trial,step,seconds,loss\n1,1,"), "\(text)")
    let answer = try json(try await run.attune("simulate", "--what-if", "shell", "--slots", "2", "--schedulers", "fifo,asha", "--json"))
    #expect(answer["experiment"] == "shell" && answer["slots"] == 2 && answer["metric"] == "loss" && answer["goal"] == "minimize")
    #expect(answer["schedulers"]?.array?.count == 2 && answer["schedulers"]?.array?[0]["trials"] == 4.0)
    #expect(try await run.attune("simulate", "--what-if", "nobody").status == 3)
    #expect(try await run.attune("export", "nobody", "--trace", "x.csv").status == 3)
  }
}

/// Whether every element that is opened is closed.
private enum XMLText {
  static func isWhole(_ data: Data) -> Bool {
    let text = String(decoding: data, as: UTF8.self)
    var open: [Substring] = []
    for tag in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = tag.firstIndex(of: ">") else { return false }
      let body = tag[..<end]
      if body.hasPrefix("/") {
        guard open.popLast() == body.dropFirst() else { return false }
      } else if !body.hasSuffix("/") {
        open.append(body.prefix { $0 != " " })
      }
    }
    return open.isEmpty
  }
}
