import AttuneValues
import AttuneWire
import Synchronization

/// Where the program's live variables and triggers are known by name, and where its steps and reports go.
///
/// One is enough: `.shared`, which every declaration uses unless told otherwise. It opens its socket, and starts its one thread, at the
/// first declaration or report. What fails on that side never fails the program: it says so once on stderr and the variables stay
/// plain values.
public final class LiveRegistry: Sendable {
  /// The program's registry.
  public static let shared: LiveRegistry = {
    finishAtExit()
    return LiveRegistry(environment: .ofProcess)
  }()

  /// What the registry found in the environment.
  public let environment: ProgramEnvironment
  /// The parameters of `ATTUNE_CONFIG`; empty without an experiment.
  public let configuration: [String: Value]

  let inner: Mutex<Inner>
  let completedSteps = Atomic<Int>(0)
  /// Whether a step may have something to apply.
  let isWaitingForSteps = Atomic<Bool>(false)
  let warn: @Sendable (String) -> Void
  let owner = processID
  private let generation = Forks.generation
  let age = ProcessAge()
  let energy: EnergyMeter
  private let startMoment = Moment.now

  init(
    environment: ProgramEnvironment, energy: EnergyMeter = EnergyMeter(),
    warn: @escaping @Sendable (String) -> Void = warnOnStandardError
  ) {
    self.environment = environment
    self.energy = energy
    self.warn = warn
    let state = RegistryState.starting(in: environment, warn: warn)
    configuration = state.configuration
    isWaitingForSteps.store(state.isWaitingForSteps, ordering: .relaxed)
    inner = Mutex(Inner(state: state))
  }

  deinit {
    inner.withLock { inner in
      inner.loop?.stop()
      inner.liveTune?.stop()
    }
  }

  /// The steps completed so far, as the program told them; 0 before the first.
  public var step: Int { completedSteps.load(ordering: .relaxed) }

  /// Tells that `step` steps are completed; changes that waited for it take effect now, on this thread.
  ///
  /// `report` does it too. A program that goes on from a checkpoint tells the checkpoint's step before its loop. When somebody has asked
  /// for a pause, the call returns when the pause ends; a signal's handler that runs on this thread meanwhile lets it through once.
  /// - Precondition: `step >= 0`.
  public func step(_ step: Int) {
    precondition(step >= 0, "a step counts completed steps; got \(step)")
    completedSteps.store(step, ordering: .relaxed)
    guard isWaitingForSteps.load(ordering: .relaxed), isHome else { return }
    let group = inner.withLock { $0.group }
    let decided = group?.decisions(at: step) ?? []
    let (missed, gate) = changing { inner in
      let time = wallClockSeconds()
      for change in inner.state.advance(to: step, time: time) { inner.publish(change) }
      for change in decided { inner.make(change, step: step, time: time) }
      for change in inner.state.beginPause(step: step, time: time) { inner.publish(change) }
      return (step > 0 ? inner.state.missedLines() : [], inner.state.isHeld ? inner.gate : nil)
    }
    group?.confirm(decided)
    for problem in missed { warnOfSchedule(problem) }
    if let gate { hold(at: gate) }
  }

  /// Reports metrics of a completed step. Never waits; what nobody has acknowledged is kept, up to 100,000 reports.
  /// - Parameters:
  ///   - step: completed steps, from 1. `nil`: the step told last, or the one after the last report's.
  ///   - metrics: by name; nan and infinite values are allowed, for a diverged run says so.
  /// - Precondition: `step >= 1`.
  public func report(step: Int? = nil, _ metrics: [String: Double]) {
    precondition(step ?? 1 >= 1, "a report's step counts completed steps, from 1; got \(step ?? 1)")
    guard isHome else { return completedSteps.store(step ?? self.step + 1, ordering: .relaxed) }
    let elapsed = Moment.now - startMoment
    let (completed, firstForgotten, warmup) = inner.withLock { inner -> (Int, Bool, Double?) in
      start(&inner)
      let warmup = inner.warmup == nil ? age.seconds : nil
      inner.warmup = inner.warmup ?? warmup
      let before = inner.state.reports.forgotten
      let told = completedSteps.load(ordering: .relaxed)
      let completed = step ?? (told > inner.lastReportStep ? told : inner.lastReportStep + 1)
      inner.lastReportStep = completed
      inner.publish(inner.state.reports.append(step: completed, metrics: metrics, elapsed: elapsed, warmup: warmup))
      return (completed, before == 0 && inner.state.reports.forgotten > 0, warmup)
    }
    if let warmup { warmedUp(warmup) }
    if firstForgotten, environment.socket != nil {
      warn("nobody has taken the last 100,000 reports: from now on the oldest are dropped. The program goes on.")
    }
    self.step(completed)
  }

  /// Ends the registry's thread and removes its socket, after waiting for the acknowledgement of the last report.
  ///
  /// `.shared` does it by itself when the program exits.
  /// - Parameter limit: how long to wait at most.
  public func finish(within limit: Duration = .seconds(5)) {
    // A forked child inherits the exit handler, not the thread nor the socket's ownership.
    guard processID == owner, let bell = try? Bell() else { return }
    let deadline = Moment.after(limit)
    release()
    finishGroup()
    while true {
      let isDone = inner.withLock { inner in
        inner.finishBell = bell
        return inner.isFlushed
      }
      if isDone || !bell.wait(until: deadline) { break }
    }
    leaveReports()
    tellLedger()
    inner.withLock { inner in
      inner.loop?.stop()
      inner.loop = nil
      inner.liveTune?.stop()
    }
  }

  /// Whether this is the process that has the thread. A forked child goes on with the values it has inherited and tells nobody anything: the
  /// lock may have been held by a thread that it does not have.
  var isHome: Bool { Forks.generation == generation }

  /// Under an experiment, reports that nobody has taken are left in a file: the next agent finds them there.
  private func leaveReports() {
    guard let path = environment.reportsPath else { return }
    let left = inner.withLock { inner in inner.isFlushed ? [] : inner.state.reports.from(1) }
    guard !left.isEmpty else { return }
    let file = LineFile(path: path)
    let isKept = left.allSatisfy { report in
      let members = (report.json.object ?? [:]).merging(["pid": .int(owner)]) { _, own in own }
      return file?.append(.object(members)) ?? false
    }
    if !isKept { warn("ATTUNE_REPORTS: cannot write to '\(path)'. The last of \(left.count) reports, which no agent has taken, are lost.") }
  }
}
