import AttuneCore
import Foundation
import GRDB

/// A trial as the views have it.
public struct TrialRow: Sendable {
  /// Its number.
  public let number: Int
  /// Where it stands.
  public let state: String
  /// What it was started with.
  public let configuration: AttuneCore.Configuration
  /// Who proposed it.
  public let proposer: String
  /// Its value for the first objective; `nil` when it has none.
  public let value: Double?
  /// The last step it reported; 0 for none.
  public let steps: Int
  /// Why it failed or was stopped.
  public let reason: String?
  /// Where a twin comes from; `nil` for a trial of its own.
  public let origin: Trial.Origin?
  /// Which seed of another trial's configuration it ran; `nil` for a trial of its own.
  public let replica: Trial.Replica?
  /// What came of it by itself.
  public let result: TrialResult
  /// The step of the newest checkpoint that was seen.
  public let checkpointStep: Int?

  /// The trial whose checkpoint it was to begin with.
  public let parent: Int?
  /// Whether it was given a copy of that.
  public let hasInherited: Bool
  /// What its proposer said of it.
  public let note: String?

  /// What it took over from other trials while it lived, in order.
  public let adoptions: [Adoption]

  /// A row of one's own, for tests.
  public init(number: Int, state: String, configuration: AttuneCore.Configuration, proposer: String, steps: Int = 0) {
    self.number = number
    self.state = state
    self.configuration = configuration
    self.proposer = proposer
    self.steps = steps
    value = nil
    reason = nil
    origin = nil
    replica = nil
    result = TrialResult(trial: TrialID(number), values: nil)
    checkpointStep = nil
    parent = nil
    hasInherited = false
    note = nil
    adoptions = []
  }

  init(_ row: Row) throws {
    number = row["number"]
    state = row["state"]
    configuration = try EventCoding.decoder.decode(AttuneCore.Configuration.self, from: Data((row["configuration"] as String).utf8))
    proposer = row["proposer"]
    value = row["value"]
    steps = row["steps"]
    reason = row["reason"]
    origin = try Self.decode(row["origin"])
    checkpointStep = row["checkpoint"]
    parent = row["parent"]
    hasInherited = row["inherited"] ?? false
    note = row["note"]
    replica = try Self.decode(row["replica"])
    adoptions = try Self.decode(row["adoptions"]) ?? []
    result = try Self.result(row)
  }

  /// What its last process began with: its configuration, or what it adopted last.
  public var startConfiguration: AttuneCore.Configuration { adoptions.last?.configuration ?? configuration }

  /// A single value has no column of its own: `value` says it.
  static func result(_ row: Row) throws -> TrialResult {
    let values: [Double]? = try decode(row["objectives"])
    return TrialResult(
      trial: TrialID(row["number"] as Int), values: values ?? (row["value"] as Double?).map { [$0] },
      bounded: try decode(row["bounded"]) ?? [])
  }

  static func decode<Content: Decodable>(_ text: String?) throws -> Content? {
    try text.map { try EventCoding.decoder.decode(Content.self, from: Data($0.utf8)) }
  }
}
