import AttuneValues
import AttuneWire

/// What the process costs: how long until its first report, how long in all, how much energy.
extension LiveRegistry {
  /// Begins to measure, on the registry's own thread.
  func startMeter(on loop: LineLoop) {
    loop.after(.zero) { [energy] in
      energy.begin(visibleGPUs: visibleGPUs)
      if energy.runsOver { Self.keepReading(energy, on: loop) }
    }
  }

  private static func keepReading(_ energy: EnergyMeter, on loop: LineLoop) {
    loop.after(.seconds(60)) { [weak loop] in
      _ = energy.read()
      if let loop { keepReading(energy, on: loop) }
    }
  }

  /// The first report of the process has come. A program that is killed later has left its warm-up.
  func warmedUp(_ warmup: Double) {
    keepLedger(LedgerNotice(warmup: warmup, elapsed: warmup, energy: energy.read()))
  }

  /// Tells the whole, once.
  func tellLedger() {
    let warmup = inner.withLock { inner -> Double?? in
      guard inner.hasStarted, !inner.hasToldLedger else { return nil }
      inner.hasToldLedger = true
      return .some(inner.warmup)
    }
    guard let warmup else { return }
    let ledger = LedgerNotice(warmup: warmup, elapsed: age.seconds, energy: energy.read())
    keepLedger(ledger)
    inner.withLock { inner in
      if case .greeted(let peer) = inner.upstream { inner.notify(LiveMethod.ledger, ledger.json, [peer]) }
    }
  }

  private func keepLedger(_ ledger: LedgerNotice) {
    guard let path = environment.ledgerPath else { return }
    let members = (ledger.json.object ?? [:]).merging(["pid": .int(owner)]) { _, own in own }
    if !(LineFile(path: path)?.append(.object(members)) ?? false) {
      warn("ATTUNE_LEDGER: cannot append to '\(path)'. The program's time and energy are not kept there.")
    }
  }
}
