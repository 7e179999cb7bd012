import Attune
import CAttune

/// A trigger as C sees it.
final class CTrigger: Sendable {
  let trigger: LiveTrigger

  init(_ trigger: LiveTrigger) { self.trigger = trigger }

  @inline(__always)
  static func trigger(of handle: OpaquePointer?) -> LiveTrigger? {
    guard let handle else { return nil }
    return Unmanaged<CTrigger>.fromOpaque(UnsafeRawPointer(handle))._withUnsafeGuaranteedRef { $0.trigger }
  }
}

/// `attune_trigger`.
@c(attune_trigger)
public func attuneTrigger(_ tag: UnsafePointer<CChar>?, _ counted: Bool) -> OpaquePointer? {
  do throws(Mistake) {
    let tag = try text(tag, "a trigger's tag")
    let known = ["attune.suspend", "attune.checkpoint", "attune.evaluate"]
    guard !tag.hasPrefix("attune.") || known.contains(tag) else {
      throw Mistake("'\(tag)': of the names that begin with 'attune.' a program declares \(known.joined(separator: ", ")) only")
    }
    return OpaquePointer(Unmanaged.passRetained(CTrigger(LiveTrigger(tag, counted: counted))).toOpaque())
  } catch {
    error.keep()
    return nil
  }
}

/// `attune_fired`.
@c(attune_fired)
public func attuneFired(_ trigger: OpaquePointer?) -> Bool { CTrigger.trigger(of: trigger)?.fired() ?? false }

/// `attune_take_payload`.
@c(attune_take_payload)
public func attuneTakePayload(_ trigger: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int64 {
  guard let firing = CTrigger.trigger(of: trigger)?.take() else { return -1 }
  return Int64(copy(firing.payload?.text ?? "", to: buffer, size))
}

/// `attune_report`.
@c(attune_report)
public func attuneReport(
  _ step: Int64, _ count: Int, _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ values: UnsafePointer<Double>?
) -> Int32 {
  do throws(Mistake) {
    guard step >= 0, count >= 0 else { throw Mistake("step \(step) refused: it counts from 1, and 0 is the next. Nothing was reported.") }
    guard count == 0 || (names != nil && values != nil) else { throw Mistake("metrics of a null pointer refused. Nothing was reported.") }
    var metrics: [String: Double] = [:]
    for index in 0..<count { metrics[try text(names?[index], "a metric's name")] = values?[index] }
    Attune.report(step: step == 0 ? nil : Int(step), metrics)
    return Int32(ATTUNE_OK)
  } catch {
    error.keep()
    return Int32(ATTUNE_INVALID)
  }
}

/// `attune_step`.
@c(attune_step)
public func attuneStep(_ step: Int64) -> Int32 {
  guard step >= 0 else {
    Mistake("step \(step) refused: it counts completed steps, from 0. The program keeps \(LiveRegistry.shared.step).").keep()
    return Int32(ATTUNE_INVALID)
  }
  LiveRegistry.shared.step(Int(step))
  return Int32(ATTUNE_OK)
}

/// `attune_current_step`.
@c(attune_current_step)
public func attuneCurrentStep() -> Int64 { Int64(LiveRegistry.shared.step) }

/// `attune_finish`.
@c(attune_finish)
public func attuneFinish(_ seconds: Double) {
  LiveRegistry.shared.finish(within: .seconds(seconds.isFinite ? min(max(0, seconds), 1e6) : 0))
}

/// `attune_seed`.
@c(attune_seed)
public func attuneSeed(_ otherwise: UInt64) -> UInt64 { LiveRegistry.shared.environment.seed ?? otherwise }

/// `attune_is_resuming`.
@c(attune_is_resuming)
public func attuneIsResuming() -> Bool { LiveRegistry.shared.environment.isResuming }

/// `attune_checkpoint_directory`.
@c(attune_checkpoint_directory)
public func attuneCheckpointDirectory(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
  copy(LiveRegistry.shared.environment.checkpointDirectory ?? "", to: buffer, size)
}

/// `attune_parent_checkpoint`.
@c(attune_parent_checkpoint)
public func attuneParentCheckpoint(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
  copy(LiveRegistry.shared.environment.parentCheckpointDirectory ?? "", to: buffer, size)
}
