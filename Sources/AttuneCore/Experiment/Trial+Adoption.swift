import AttuneValues

/// A trial's life, which others' checkpoints may have become a part of.
extension Trial {
  /// What its next attempt begins with: its configuration, or what it adopted last.
  public var startConfiguration: Configuration { adoptions.last?.configuration ?? configuration }

  /// Its parameters as they are, live changes included.
  public var presentConfiguration: Configuration { present.lastConfiguration }

  /// The live changes that its next attempt is to make again: those of its present life. A program begins with the values that are no
  /// parameters by a change before all steps.
  public var changesToRepeat: [Change] {
    let own = Array(changes.dropFirst(changesGivenUp))
    guard let last = adoptions.last, !last.others.isEmpty else { return own }
    return [Change(number: 0, step: 0, values: last.others, by: "trial \(last.donor)")] + own
  }

  /// What it lived through since it last adopted something, or all of its life.
  public var present: Stretch {
    let start = adoptions.last?.step ?? 0
    return Stretch(
      trial: id, start: start, configuration: startConfiguration, others: adoptions.last?.others ?? [:],
      reports: hasFreshAdoption ? [] : reports.filter { $0.step > start }, changes: Array(changes.dropFirst(changesGivenUp)))
  }

  /// Everything that led to where it is, the oldest first: stretches of its ancestors' lives, and its own present.
  public var line: [Stretch] {
    let all = past + [present]
    // What an ancestor did behind the checkpoint that was taken over from it is no part of it.
    return zip(all, all.dropFirst()).map { $0.cut(at: $1.start) } + all.suffix(1)
  }

  /// Takes over what another trial has come to.
  /// - Parameters:
  ///   - past: what that other one's state had lived through, and perhaps more: `settleAdoption` cuts it.
  ///   - age: how often the other one had adopted something by then.
  public mutating func adopt(_ adoption: Adoption, past: [Stretch], age: Int = 0) {
    adoptions.append(adoption)
    self.past = past
    donorAge = age
    changesGivenUp = changes.count
    hasFreshAdoption = true
    checkpointStep = adoption.step
  }

  /// The first report since then shows where the checkpoint really stood.
  /// - Parameter donor: the other trial as it is now, which may have reported more of the life that the checkpoint was of.
  public mutating func settleAdoption(by report: Report, donor: Trial?) {
    guard hasFreshAdoption else { return }
    hasFreshAdoption = false
    if let donor, donor.adoptions.count == donorAge { past = donor.past + [donor.present] }
    let steps = (past.last?.reports ?? []).suffix(2).map(\.step)
    // Who reports every fifth step has done five since the checkpoint.
    let stride = steps.count == 2 ? steps[1] - steps[0] : 1
    let step = max(0, report.step - stride)
    adoptions[adoptions.count - 1].step = step
    // Of the life that it gave up, and between two reports of this one.
    reports.removeAll { $0.step > step && $0.step < report.step }
    past = line.dropLast()
  }
}
