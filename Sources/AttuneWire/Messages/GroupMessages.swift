import AttuneValues

/// A change that all the ranks of a group make at the same step, or none: `group.propose`, and with its step `group.commit`.
public struct GroupChange: Hashable, Sendable {
  /// The leader's count of its proposals, from 1.
  public var proposal: Int
  /// The number of the change, as everywhere else.
  public var number: Int
  /// The values as the leader's variables hold them; empty for a trigger.
  public var values: [String: Value]
  /// The trigger to pull; `nil` for values.
  public var trigger: String?
  /// What the firing carries; only with a trigger.
  public var payload: JSON?
  /// Who asked.
  public var by: String?
  /// Why, if it was said.
  public var reason: String?
  /// The step at which every rank makes it; `nil` while it is a proposal. Before the decision, in the leader: the asker's `atStep`.
  public var atStep: Int?

  /// A change.
  public init(
    proposal: Int, number: Int, values: [String: Value] = [:], trigger: String? = nil, payload: JSON? = nil, by: String? = nil,
    reason: String? = nil, atStep: Int? = nil
  ) {
    self.proposal = proposal
    self.number = number
    self.values = values
    self.trigger = trigger
    self.payload = payload
    self.by = by
    self.reason = reason
    self.atStep = atStep
  }

  /// The parameters.
  public var json: JSON {
    var members: [String: JSON] = ["proposal": .int(proposal), "number": .int(number)]
    if let trigger { members["trigger"] = .string(trigger) } else { members["values"] = .object(values.mapValues(\.json)) }
    if let payload { members["payload"] = payload }
    if let by { members["by"] = .string(by) }
    if let reason { members["reason"] = .string(reason) }
    if let atStep { members["atStep"] = .int(atStep) }
    return .object(members)
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    let trigger = json["trigger"]?.string
    guard let proposal = json["proposal"]?.int, let number = json["number"]?.int, trigger != nil || json["values"]?.object != nil else {
      throw WireFailure(
        .invalidParameters, "a group's change needs \"proposal\", \"number\", and \"values\" or \"trigger\". Nothing was changed.")
    }
    self.init(
      proposal: proposal, number: number, values: json["values"]?.object?.compactMapValues(Value.init(json:)) ?? [:], trigger: trigger,
      payload: json["payload"], by: json["by"]?.string, reason: json["reason"]?.string, atStep: json["atStep"]?.int)
  }
}

/// `group.join`: a rank that dials its leader.
public struct GroupJoin: Hashable, Sendable {
  /// Which one it is, from 1; the leader is 0.
  public var rank: Int
  /// How many ranks it believes there are.
  public var world: Int
  /// Names its process, drawn by itself: in containers, the numbers of processes come again.
  public var process: String
  /// The number of its process, for messages.
  public var pid: Int
  /// The steps that it has completed.
  public var step: Int
  /// `ATTUNE_GROUP_TOKEN`; `nil` over a Unix socket, which only its user can open.
  public var token: String?

  /// A rank that dials.
  public init(rank: Int, world: Int, process: String, pid: Int, step: Int, token: String? = nil) {
    self.rank = rank
    self.world = world
    self.process = process
    self.pid = pid
    self.step = step
    self.token = token
  }

  /// The parameters.
  public var json: JSON {
    var members: [String: JSON] = [
      "rank": .int(rank), "world": .int(world), "process": .string(process), "pid": .int(pid), "step": .int(step),
    ]
    if let token { members["token"] = .string(token) }
    return .object(members)
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let rank = json["rank"]?.int, let world = json["world"]?.int, let process = json["process"]?.string, let pid = json["pid"]?.int,
      let step = json["step"]?.int, step >= 0
    else { throw WireFailure(.invalidParameters, "'group.join' needs \"rank\", \"world\", \"process\", \"pid\" and \"step\" (0 or more)") }
    self.init(rank: rank, world: world, process: process, pid: pid, step: step, token: json["token"]?.string)
  }
}

/// The answer to `group.join`. The decisions that the rank has not confirmed come before it, as `group.commit`.
public struct GroupWelcome: Hashable, Sendable {
  /// The group's name, drawn by the leader: another one at the same address is another group.
  public var group: String
  /// Steps between the furthest rank's acknowledgement and the change.
  public var margin: Int
  /// The proposal that is not decided yet; a promise for another one is over.
  public var open: Int?

  /// An answer.
  public init(group: String, margin: Int, open: Int? = nil) {
    self.group = group
    self.margin = margin
    self.open = open
  }

  /// The result.
  public var json: JSON {
    var members: [String: JSON] = ["group": .string(group), "margin": .int(margin)]
    if let open { members["open"] = .int(open) }
    return .object(members)
  }

  /// Reads the result.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let group = json["group"]?.string, let margin = json["margin"]?.int, margin > 0 else {
      throw WireFailure(.invalidParameters, "the answer to 'group.join' needs \"group\" and \"margin\" (1 or more)")
    }
    self.init(group: group, margin: margin, open: json["open"]?.int)
  }
}

extension LiveMethod {
  /// A rank to its leader: here I am, again or for the first time.
  public static let joinGroup = "group.join"
  /// A leader to its ranks: would you make this change, and at which step are you?
  public static let propose = "group.propose"
  /// Notification to the ranks: make it, at this step.
  public static let commit = "group.commit"
  /// Notification to the ranks: forget it.
  public static let abort = "group.abort"
  /// Notification to the leader: made.
  public static let applied = "group.applied"
  /// Notification, either way: my program has ended.
  public static let leaveGroup = "group.leave"
}
