import ArgumentParser
import AttuneCore
import AttuneValues
import AttuneWire
import Foundation

/// What a live command talks to: a running trial, or a program that runs by itself.
struct TargetOptions: ParsableArguments {
  @Option(help: "A running trial of an experiment.")
  var trial: Int?
  @Option(help: "The trial's experiment (default: the newest of this folder).")
  var experiment: String?
  @Option(help: "A program that runs by itself: its name or process number (default: the only one).")
  var program: String?
  @OptionGroup var place: StoreOption

  /// Connects.
  /// - Throws: `Failure`: unknown when there is no such target, unreachable when it does not answer.
  func connect() throws -> Target {
    if trial != nil || experiment != nil {
      guard trial == nil || program == nil else { throw Failure(.badInput, "--trial and --program exclude one another; give one of them") }
      return try Target(client: Self.dial(Self.controllerAddress(experiment, place)), trial: trial)
    }
    if program == nil, Self.programs.isEmpty, let address = try? Self.controllerAddress(nil, place) {
      return try Target(client: Self.dial(address), trial: nil)
    }
    return try Self.connect(toProgram: program)
  }

  /// Connects to a program that runs by itself: by its name or process number, or to the only one.
  static func connect(toProgram wanted: String?) throws -> Target {
    let programs = programs
    let matching = programs.filter { entry in
      guard let wanted, case .program(let name, let pid) = entry.owner else { return wanted == nil }
      return name == wanted || String(pid) == wanted
    }
    guard let entry = matching.first, matching.count == 1 else { throw ambiguous(matching.isEmpty ? programs : matching, wanted) }
    return try Target(client: dial(entry.address), trial: nil)
  }

  private static var programs: [RuntimeDirectory.Entry] {
    RuntimeDirectory.existing().flatMap { $0.sweep() }.filter { if case .program = $0.owner { true } else { false } }
  }

  /// Where the experiment's controller listens.
  static func controllerAddress(_ experiment: String?, _ place: StoreOption) throws -> SocketAddress {
    let (_, record) = try place.open(experiment)
    guard let pointer = ControlPointer.read(from: place.workspace.folder(of: record.name)) else {
      throw Failure(.unreachable, "experiment '\(record.name)' has no controller at work; `attune resume \(record.name)` starts one")
    }
    return pointer.address
  }

  static func dial(_ address: SocketAddress) throws -> WireClient {
    do { return try WireClient(dialing: address) } catch { throw Failure(error) }
  }

  private static func ambiguous(_ programs: [RuntimeDirectory.Entry], _ wanted: String?) -> Failure {
    let names = programs.compactMap { entry in if case .program(let name, let pid) = entry.owner { "\(name) (\(pid))" } else { nil } }
    if names.isEmpty { return Failure(.unknown, "no program with live variables runs by itself; for one of an experiment add --trial N") }
    return Failure(
      .unknown,
      "\(wanted.map { "'\($0)' fits \(names.count == 1 ? "none of" : "") " } ?? "")several run: \(names.joined(separator: ", ")); choose with --program NAME or NUMBER"
    )
  }
}

/// A connection to a target.
struct Target {
  let client: WireClient
  let trial: Int?

  /// Asks; the trial's number is added where there is one.
  /// - Throws: `Failure` with the status that fits the other side's answer.
  func request(_ method: String, _ members: [String: JSON] = [:], onNotification: WireClient.NotificationHandler = { _, _ in }) throws
    -> JSON
  {
    var members = members
    if let trial { members["trial"] = .int(trial) }
    do { return try client.request(method, .object(members), onNotification: onNotification) } catch { throw Failure(error) }
  }
}

extension Failure {
  /// What went wrong between two processes, with its exit status.
  init(_ error: WireError) {
    switch error {
    case .timedOut: self.init(.timedOut, error.description)
    case .answered(let failure):
      let status: Status =
        switch failure.code {
        case .unknownTag: .unknown
        case .refused: .refused
        case .notReachable: .unreachable
        case .timedOut: .timedOut
        default: .badInput
        }
      self.init(status, failure.message)
    default: self.init(.unreachable, error.description)
    }
  }
}
