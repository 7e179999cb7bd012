import AttuneValues
import AttuneWire

extension RegistryState {
  /// What a registry knows before anything is declared: what the files of its environment say. What cannot be read is told, and left out.
  static func starting(in environment: ProgramEnvironment, warn: (String) -> Void) -> RegistryState {
    let replay = replay(of: environment, warn)
    return RegistryState(
      configuration: configuration(of: environment, warn), replay: replay,
      schedule: schedule(of: environment, doneBefore: replay, warn),
      reportCapacity: environment.socket == nil ? 10_000 : 100_000)
  }

  private static func configuration(of environment: ProgramEnvironment, _ warn: (String) -> Void) -> [String: Value] {
    guard let path = environment.configurationPath else { return [:] }
    guard let bytes = contents(ofFile: path), let members = (try? JSON(parsing: bytes))?.object else {
      warn("ATTUNE_CONFIG: '\(path)' is no JSON object that can be read. The program uses its defaults.")
      return [:]
    }
    return members.compactMapValues(Value.init(json:))
  }

  private static func replay(of environment: ProgramEnvironment, _ warn: (String) -> Void) -> Replay {
    guard let path = environment.changesPath else { return Replay() }
    guard let lines = contents(ofFile: path) else {
      warn("ATTUNE_CHANGES: cannot read '\(path)'. Earlier changes are not applied again.")
      return Replay()
    }
    return Replay(lines: lines, isResuming: environment.isResuming)
  }

  private static func schedule(of environment: ProgramEnvironment, doneBefore replay: Replay, _ warn: (String) -> Void) -> Schedule {
    guard let path = environment.replayPath else { return Schedule() }
    guard let lines = contents(ofFile: path) else {
      warn("ATTUNE_REPLAY: cannot read '\(path)'. The program runs without its schedule.")
      return Schedule()
    }
    var (schedule, problems) = Schedule.reading(lines)
    for (number, message) in problems { warn(Schedule.problem(message, line: number, of: path)) }
    schedule.drop(done: replay.all)
    return schedule
  }
}

extension Schedule {
  /// One line for the person who wrote the schedule.
  static func problem(_ message: String, line number: Int, of path: String) -> String {
    "ATTUNE_REPLAY: '\(path)' line \(number): \(message) The rest of the schedule goes on."
  }
}
