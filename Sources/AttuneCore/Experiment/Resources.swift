/// Where trials run.
public struct Resources: Hashable, Sendable {
  /// Attempts at a time on this machine.
  public var localSlots: Int
  /// Agents on this machine that the slots are divided among; at most one for each slot.
  public var agents: Int

  /// That many slots on this machine, of that many agents.
  public init(localSlots: Int, agents: Int = 1) {
    precondition(agents >= 1, "there is at least one agent; got \(agents)")
    self.localSlots = localSlots
    self.agents = agents
  }

  /// The agents by name, each with its slots: the first have one more where they cannot be divided evenly. A single one is called `local`.
  public var slotsOfAgents: [(agent: String, slots: Int)] {
    if agents == 1 { return [("local", localSlots)] }
    return (0..<agents).map { ("local-\($0 + 1)", localSlots / agents + ($0 < localSlots % agents ? 1 : 0)) }
  }
}

extension Resources: Codable {
  private enum CodingKeys: String, CodingKey { case localSlots, agents }

  /// What was written before there were several agents has one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    localSlots = try container.decode(Int.self, forKey: .localSlots)
    agents = max(1, try container.decodeIfPresent(Int.self, forKey: .agents) ?? 1)
  }

  /// A single agent is not written.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(localSlots, forKey: .localSlots)
    if agents > 1 { try container.encode(agents, forKey: .agents) }
  }
}
