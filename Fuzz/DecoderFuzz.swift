@testable import Attune
@testable import AttuneValues
@testable import AttuneWire

/// What libFuzzer calls with each input: the bytes that a stranger sends, all the way to the registry's answers.
///
/// The first byte says how many bytes arrive at a time (0: all at once), the rest is the stream. `Fuzz/fuzz.py` builds and runs it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  guard let start, count > 1 else { return 0 }
  let input = UnsafeRawBufferPointer(start: start, count: count)
  var program = VictimProgram()
  var framer = LineFramer(limit: 4096)
  var rest = input.dropFirst()
  let portion = input[0] == 0 ? rest.count : Int(input[0])
  while !rest.isEmpty {
    for piece in framer.take(UnsafeRawBufferPointer(rebasing: rest.prefix(portion))) {
      if case .line(let line) = piece { program.hear(line) }
    }
    rest = rest.dropFirst(portion)
  }
  program.readFiles(Array(input.dropFirst()))
  program.checkPromises()
  return 0
}

/// A program with a variable of every type, whose lines come from the fuzzer and whose answers go nowhere.
private struct VictimProgram {
  private let registry: LiveRegistry
  private let rate: LiveVariable<Double>
  private let count: LiveVariable<Int>
  private let isOn: LiveVariable<Bool>
  private let mode: LiveVariable<String>
  private let note: LiveVariable<String>
  private let save: LiveTrigger
  private var steps = 0

  init() {
    registry = LiveRegistry(environment: ProgramEnvironment(path: "victim") { _ in nil }, warn: { _ in })
    // Nothing listens: lines are handed over by the fuzzer, so that an input gives the same run each time.
    registry.inner.withLock { $0.hasStarted = true }
    rate = LiveVariable("rate", 0.5, in: 0...1, registry: registry) { $0 == 0.25 ? "not a quarter" : nil }
    count = LiveVariable("count", 3, in: 0...9, applies: .atStep, registry: registry)
    isOn = LiveVariable("on", true, registry: registry)
    mode = LiveVariable("mode", "a", choices: ["a", "b"], registry: registry)
    note = LiveVariable("note", "", registry: registry)
    save = LiveTrigger("save", registry: registry)
  }

  mutating func hear(_ line: [UInt8]) {
    checkRoundTrip(line)
    guard let message = try? WireMessage(parsing: line) else { return }
    precondition((try? WireMessage(json: message.json)) != nil, "a message that was read can be written and read again")
    switch message {
    case .request(_, let method, let parameters), .notification(let method, let parameters):
      // What is refused is refused in words.
      do throws(WireFailure) {
        try registry.answer(method, parameters, from: Peer(number: 1)) { result in precondition(!result.text.isEmpty, "an answer has text")
        }
      } catch { precondition(!error.message.isEmpty, "a refusal has a reason") }
      readNotices(parameters)
    case .result(_, let value): readNotices(value)
    case .failure(_, let failure): precondition(!failure.message.isEmpty, "a failure has a message")
    }
    // Nobody else would let a paused program go on.
    try? registry.answer(LiveMethod.resumeProgram, [:], from: Peer(number: 1)) { _ in }
    steps += 1
    registry.step(steps)
    _ = save.fired()
  }

  /// What the program itself reads of the bytes besides lines: recorded changes, schedules, and words on a command line.
  func readFiles(_ bytes: [UInt8]) {
    let replay = Replay(lines: bytes, isResuming: false)
    _ = replay.value(of: "rate")
    for problem in Schedule.reading(bytes).problems {
      precondition(!problem.message.isEmpty, "a line that does not fit is refused in words")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    _ = SocketAddress(text).description
    _ = Value(typed: text).description
  }

  /// Whatever arrived, the variables hold what they allow.
  func checkPromises() {
    precondition((0...1).contains(rate()) && rate() != 0.25, "rate is \(rate())")
    precondition((0...9).contains(count()), "count is \(count())")
    precondition(["a", "b"].contains(mode()), "mode is \(mode())")
  }

  private func checkRoundTrip(_ line: [UInt8]) {
    guard let document = try? JSON(parsing: line) else { return }
    let text = document.text
    guard let again = try? JSON(parsing: text) else { preconditionFailure("what is written can be read: \(text)") }
    precondition(again.text == text, "writing again gives the same: \(text)")
  }

  /// Messages of the other direction, which agents, controllers and clients read.
  private func readNotices(_ json: JSON) {
    if let change = try? ChangeNotice(json: json) { _ = change.json.text }
    if let report = try? ReportNotice(json: json) { _ = report.json.text }
    if let declaration = try? Declaration(json: json) { _ = declaration.json.text }
    if let greeting = try? ProgramGreeting(json: json) { _ = greeting.json.text }
    if let identity = try? ProgramIdentity(json: json) { _ = identity.json.text }
    _ = GreetingAnswer(json: json).json.text
  }
}
