#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneWire

/// What a program finds in its environment, under an experiment and without one.
public struct ProgramEnvironment: Sendable {
  /// The program's name: the last part of its path.
  public var name: String
  /// `ATTUNE_SEED`: for the program's own random generators; `nil` without an experiment.
  public var seed: UInt64?
  /// `ATTUNE_CHECKPOINT`: the trial's own directory for checkpoints; `nil` without an experiment.
  public var checkpointDirectory: String?
  /// `ATTUNE_PARENT_CHECKPOINT`: a copy of the checkpoint of the trial that this one descends from, to begin with where it fits; `nil` for
  /// none. When `isResuming`, the trial's own checkpoint has gone on from there.
  public var parentCheckpointDirectory: String?
  /// `ATTUNE_RESUME`: whether that directory may hold a checkpoint to go on from.
  public var isResuming: Bool

  /// `ATTUNE_SOCKET`: where to dial; `nil` to listen.
  var socket: SocketAddress?
  var attempt: String?
  var token: String?
  var configurationPath: String?
  var recordPath: String?
  var reportsPath: String?
  var changesPath: String?
  var replayPath: String?
  /// `ATTUNE_LIVETUNE_PORT`: where the original LiveTune's clients may call; `nil` for nowhere.
  var liveTunePort: String?
  /// Whether another rank of the same job speaks for this process: rank 0, under an experiment.
  var isSilent: Bool
  var ledgerPath: String?
  /// Reads the variables that say where sockets are kept.
  var read: @Sendable (String) -> String?

  /// - Parameters:
  ///   - path: the program's path; its last part is the name.
  ///   - read: one variable of the environment; `nil` when it is missing or empty.
  init(path: String, read: @escaping @Sendable (String) -> String?) {
    name = path.split(separator: "/").last.map(String.init) ?? "program"
    seed = read("ATTUNE_SEED").flatMap { UInt64($0) }
    checkpointDirectory = read("ATTUNE_CHECKPOINT")
    parentCheckpointDirectory = read("ATTUNE_PARENT_CHECKPOINT")
    isResuming = read("ATTUNE_RESUME") == "1"
    socket = read("ATTUNE_SOCKET").map { SocketAddress($0) }
    attempt = read("ATTUNE_ATTEMPT_ID")
    token = read("ATTUNE_TOKEN")
    configurationPath = read("ATTUNE_CONFIG")
    recordPath = read("ATTUNE_RECORD")
    reportsPath = read("ATTUNE_REPORTS")
    changesPath = read("ATTUNE_CHANGES")
    replayPath = read("ATTUNE_REPLAY")
    ledgerPath = read("ATTUNE_LEDGER")
    liveTunePort = read("ATTUNE_LIVETUNE_PORT")
    let isFollower = GroupSeat.isFollower(read)
    isSilent = isFollower && socket != nil
    if isFollower { (socket, recordPath, reportsPath, ledgerPath, liveTunePort) = (nil, nil, nil, nil, nil) }
    self.read = read
  }

  /// This process's.
  static var ofProcess: ProgramEnvironment {
    ProgramEnvironment(path: CommandLine.arguments.first ?? "", read: environmentVariable)
  }
}
