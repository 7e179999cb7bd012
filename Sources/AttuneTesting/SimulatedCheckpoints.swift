import AttuneCore
import AttuneValues

/// The checkpoints of a simulated world: of each state, who did each of the steps that led to it.
public struct SimulatedCheckpoints: Sendable {
  /// By trial.
  public private(set) var saved: [TrialID: [TrialID]] = [:]
  /// Copies that wait beside a trial's own, by the number of the adoption.
  private var copies: [Int: [TrialID]] = [:]
  private let canLoad: Bool

  /// - Parameter canLoad: whether programs can load a copy while they run.
  public init(canLoad: Bool) { self.canLoad = canLoad }

  /// Whether a program knows what it is asked for.
  func accepts(_ wish: ChangeRequest.Wish) -> Bool {
    switch wish {
    case .fire(trigger: "attune.load", _): canLoad
    case .fire(trigger: "attune.checkpoint", _): true
    default: false
    }
  }

  /// - Returns: whether there is something to copy, or it was copied before.
  mutating func copy(of trial: TrialID, _ number: Int) -> Bool {
    copies[number] = copies[number] ?? saved[trial]
    return copies[number] != nil
  }

  /// What an attempt begins with.
  mutating func begin(_ trial: TrialID, adopting number: Int?) -> [TrialID] {
    if let number, let copy = copies.removeValue(forKey: number) { saved[trial] = copy }
    return saved[trial] ?? []
  }

  func copy(_ number: Int) -> [TrialID]? { copies[number] }

  mutating func save(_ life: [TrialID], of trial: TrialID) { saved[trial] = life }
}

extension SimulatedWorld {
  mutating func save(_ process: inout Process, _ trial: TrialID) {
    checkpoints?.save(process.life, of: trial)
    process.hasSaved = true
  }

  /// A program takes notice of a trigger. What it loads it saves with its next checkpoint, and dies before that now and then.
  mutating func notice(_ request: ChangeRequest, _ process: inout Process, _ id: AttemptID) {
    guard case .fire(let trigger, let payload) = request.wish else { return }
    let step = process.step
    if trigger == "attune.load", let number = payload.flatMap({ try? JSON(parsing: $0) })?["adoption"]?.int {
      guard let life = checkpoints?.copy(number) else { return }
      process.life = life
      process.step = life.count
      process.hasSaved = false
    } else {
      save(&process, id.trial)
    }
    saw(.changed(id, Change(number: request.number, step: step, values: [:], trigger: trigger, by: request.by, payload: payload)))
  }
}
