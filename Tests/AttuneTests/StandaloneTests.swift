import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct StandaloneTests {
  let directory: TemporaryDirectory
  let program: TestProgram
  let rate: LiveVariable<Double>
  let momentum: LiveVariable<Double>

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory)
    rate = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    momentum = LiveVariable("momentum", 0.9, in: 0...1, applies: .atStep, registry: program.registry)
  }

  @Test func tellsWhatItIs() throws {
    program.registry.step(12)
    let client = try program.client()
    let identity = try ProgramIdentity(json: client.request(LiveMethod.hello))
    #expect(identity.name == "train" && identity.pid == processID && identity.step == 12 && !identity.isPaused)
    let list = try Declaration(json: client.request(LiveMethod.listVariables))
    #expect(list.variables.map(\.descriptor.tag) == ["rate", "momentum"])
    #expect(list.variables.map(\.value) == [0.1, 0.9])
    #expect(try client.request(LiveMethod.getVariables, ["tags": ["rate"]]) == ["step": 12, "values": ["rate": 0.1]])
  }

  static let refusals: [(String, JSON, WireErrorCode, String)] = [
    (
      "variables.set", ["values": ["rate": 0.5, "momentum": 2]], .refused,
      "'momentum' = 2 refused: allowed 0.0...1.0. The program keeps 0.9."
    ),
    (
      "variables.set", ["values": ["rate": 0.5, "rte": 2]], .unknownTag,
      "unknown variable 'rte': the program has rate, momentum. Nothing was changed."
    ),
    ("variables.set", ["values": ["rate": "nan"]], .refused, "'rate' = 'nan' refused: allowed 0.0...1.0. The program keeps 0.1."),
    ("variables.get", ["tags": ["rte"]], .unknownTag, "unknown variable 'rte': the program has rate, momentum. Nothing was changed."),
    ("trigger.fire", ["trigger": "save"], .unknownTag, "unknown trigger 'save': the program has none. Nothing was changed."),
    ("variables.delete", [:], .unknownMethod, "unknown method 'variables.delete'. Nothing was changed."),
    ("reports.subscribe", ["from": 0], .invalidParameters, "\"from\" is the number of the first one wanted, from 1; got 0"),
  ]

  @Test(arguments: refusals)
  func refusesAndChangesNothing(method: String, parameters: JSON, code: WireErrorCode, message: String) throws {
    let client = try program.client()
    #expect(throws: WireError.answered(WireFailure(code, message))) { try client.request(method, parameters) }
    #expect(rate() == 0.1)
    #expect(momentum() == 0.9)
    program.registry.step(1)
    #expect(momentum() == 0.9)
  }

  @Test func waitsForTheStepAsAWhole() throws {
    let client = try program.client()
    let both = SetRequest(values: ["rate": 0.5, "momentum": 0.8], Circumstances(reason: "plateau", by: "ann"))
    _ = try client.request(LiveMethod.setVariables, both.json)
    let later = SetRequest(values: ["rate": 0.7], Circumstances(atStep: 9))
    _ = try client.request(LiveMethod.setVariables, later.json)
    #expect(rate() == 0.1)
    program.registry.step(4)
    #expect(rate() == 0.5)
    #expect(momentum() == 0.8)
    program.registry.report(step: 8, ["loss": 1])
    #expect(rate() == 0.5)
    program.registry.report(["loss": 1])
    #expect(rate() == 0.7)

    let changes = try program.changes(2)
    let (first, second) = (changes[0], changes[1])
    #expect([first.n, first.number, first.step] == [1, 1, 4])
    #expect(first.values == ["rate": 0.5, "momentum": 0.8])
    #expect(first.reason == "plateau")
    #expect([second.n, second.number, second.step] == [2, 2, 9])
  }

  @Test func sameNumberIsCarriedOutOnce() throws {
    let client = try program.client()
    let request = SetRequest(values: ["rate": 0.5], Circumstances(by: "ann", number: 7))
    #expect(try client.request(LiveMethod.setVariables, request.json) == ["number": 7, "by": "ann"])
    try rate.set(0.6)
    var news: [String] = []
    #expect(try client.request(LiveMethod.setVariables, request.json) { method, _ in news.append(method) }["number"] == 7)
    #expect(rate() == 0.6)
    let again = try ChangeNotice(json: client.notification(within: .seconds(20)).parameters)
    #expect([again.number, again.n] == [7, 1])
    #expect(try client.request(LiveMethod.setVariables, SetRequest(values: ["rate": 0.4]).json) == ["number": 8, "by": "unknown"])
  }

  @Test func subscriberGoesOnWhereItWas() throws {
    for step in 1...5 { program.registry.report(step: step, ["loss": Double(step)]) }
    let client = try program.client()
    #expect(try client.request(LiveMethod.subscribeToReports, ["from": 4]) == ["from": 4, "last": 5])
    program.registry.report(step: 6, ["loss": .nan])
    var steps: [Int] = []
    while steps.count < 3 {
      let news = try client.notification(within: .seconds(20))
      if news.method == LiveMethod.reported { steps.append(try ReportNotice(json: news.parameters).step) }
    }
    #expect(steps == [4, 5, 6])
  }

  @Test func garbageHarmsNobody() throws {
    let vandal = try RawSocket(program.address)
    vandal.send("GET / HTTP/1.1\n\u{0}\n{\"jsonrpc\":\"2.0\"}\n[[[[\n")
    #expect(vandal.lines(atMost: 4).allSatisfy { $0.contains("\"error\"") })
    #expect(try program.client().request(LiveMethod.getVariables)["values"]?["rate"] == 0.1)
  }

  @Test func recordsWhatTookEffect() throws {
    let other = try TestProgram(directory, name: "recorded", ["ATTUNE_RECORD": "\(directory.path)/changes"])
    let rate = LiveVariable("rate", 0.1, registry: other.registry)
    other.registry.step(3)
    try rate.set(0.2)
    let line = directory.read("changes")
    let change = try ChangeNotice(json: JSON(parsing: String(line.dropLast())))
    #expect([change.number, change.step] == [0, 3])
    #expect(change.values == ["rate": 0.2])
    #expect(change.by == "program")
  }

  @Test func runsOnWithoutASocket() throws {
    let other = try TestProgram(directory, ["XDG_RUNTIME_DIR": "/proc/nowhere", "TMPDIR": "/proc"])
    let rate = LiveVariable("rate", 0.1, registry: other.registry)
    other.registry.report(step: 1, ["loss": 1])
    #expect(rate() == 0.1)
    #expect(other.warnings.all.count == 1)
    #expect(other.warnings.all.first?.hasSuffix("The program cannot be tuned; it goes on with its values.") == true)
  }

  @Test func leavesNoSocket() throws {
    #expect(RuntimeDirectory(path: "\(directory.path)/attune").entries().map(\.owner) == [.program(name: "train", pid: processID)])
    program.registry.finish()
    #expect(RuntimeDirectory(path: "\(directory.path)/attune").entries().isEmpty)
  }

  @Test func manyProgramsAtOnceAreAllReachable() async throws {
    let names = (0..<100).map { "program\($0)" }
    let programs = try await withThrowingTaskGroup(of: TestProgram.self) { group in
      for name in names {
        group.addTask {
          let program = try TestProgram(directory, name: name)
          _ = LiveTrigger("save", registry: program.registry)
          return program
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for program in programs {
      #expect(try program.client().request(LiveMethod.hello)["name"]?.string == program.registry.environment.name)
    }
  }
}
