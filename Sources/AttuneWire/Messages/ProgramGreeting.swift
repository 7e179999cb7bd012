import AttuneValues

/// `hello` of a program that dials the other side, under an experiment.
public struct ProgramGreeting: Hashable, Sendable {
  /// `ATTUNE_ATTEMPT_ID`, e.g. `3.1`.
  public var attempt: String
  /// The program's process.
  public var pid: Int
  /// The program's name.
  public var name: String
  /// `ATTUNE_TOKEN`: proves that it is the attempt's own program.
  public var token: String
  /// The number of its last report so far, 0 for none.
  public var reported: Int

  /// A greeting.
  public init(attempt: String, pid: Int, name: String, token: String, reported: Int) {
    self.attempt = attempt
    self.pid = pid
    self.name = name
    self.token = token
    self.reported = reported
  }

  /// The parameters of `hello`.
  public var json: JSON {
    [
      "attempt": .string(attempt), "pid": .int(pid), "name": .string(name), "token": .string(token), "reported": .int(reported),
      "protocol": .int(LiveMethod.protocolVersion),
    ]
  }

  /// Reads the parameters of `hello`.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let attempt = json["attempt"]?.string, let pid = json["pid"]?.int, let reported = json["reported"]?.int, reported >= 0 else {
      throw WireFailure(.invalidParameters, "'hello' of a program needs \"attempt\", \"pid\" and \"reported\" (0 or more)")
    }
    self.init(attempt: attempt, pid: pid, name: json["name"]?.string ?? "", token: json["token"]?.string ?? "", reported: reported)
  }
}

/// The answer to a program's `hello`.
public struct GreetingAnswer: Hashable, Sendable {
  /// The number of the attempt's last report that is kept already, 0 for none. The program goes on behind it.
  public var acknowledged: Int
  /// The `n` of the last change that is known already; `nil` when the other side keeps no count, and then every change is told again.
  public var changes: Int?

  /// An answer.
  public init(acknowledged: Int, changes: Int? = nil) {
    self.acknowledged = acknowledged
    self.changes = changes
  }

  /// The result of `hello`.
  public var json: JSON {
    var members: [String: JSON] = ["acknowledged": .int(acknowledged)]
    if let changes { members["changes"] = .int(changes) }
    return .object(members)
  }

  /// Reads the result of `hello`.
  public init(json: JSON) {
    self.init(acknowledged: min(max(0, json["acknowledged"]?.int ?? 0), Circumstances.highestNumber), changes: json["changes"]?.int)
  }
}
