import Attune
import CAttune

/// A variable as C sees it, whatever its type.
final class CVariable: Sendable {
  enum Typed: Sendable {
    case float(LiveVariable<Double>)
    case int(LiveVariable<Int>)
    case bool(LiveVariable<Bool>)
    case string(LiveVariable<String>)
  }

  let typed: Typed

  init(_ typed: Typed) { self.typed = typed }

  /// C holds it until the process ends.
  var handle: OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// What a handle stands for, without counting a reference: it is never released.
  @inline(__always)
  static func typed(of handle: OpaquePointer?) -> Typed? {
    guard let handle else { return nil }
    return Unmanaged<CVariable>.fromOpaque(UnsafeRawPointer(handle))._withUnsafeGuaranteedRef { $0.typed }
  }
}

/// `attune_float`: the header documents these functions.
@c(attune_float)
public func attuneFloat(
  _ tag: UnsafePointer<CChar>?, _ initial: Double, _ minimum: Double, _ maximum: Double, _ options: UnsafePointer<attune_options_t>?
) -> OpaquePointer? {
  declared(tag) { tag throws(Mistake) in
    guard initial.isFinite, minimum <= initial, initial <= maximum else {
      throw Mistake("'\(tag)' starts at \(initial), outside its own range \(minimum)...\(maximum)")
    }
    let options = try Options(options)
    return .float(
      LiveVariable(
        tag, initial, in: minimum...maximum, scale: options.scale, step: options.step, unit: options.unit, help: options.help,
        group: options.group, applies: options.applies, validate: options.numberValidator { $0 }))
  }
}

/// `attune_int`.
@c(attune_int)
public func attuneInt(
  _ tag: UnsafePointer<CChar>?, _ initial: Int64, _ minimum: Int64, _ maximum: Int64, _ options: UnsafePointer<attune_options_t>?
) -> OpaquePointer? {
  declared(tag) { tag throws(Mistake) in
    guard minimum <= initial, initial <= maximum else {
      throw Mistake("'\(tag)' starts at \(initial), outside its own range \(minimum)...\(maximum)")
    }
    let options = try Options(options)
    return .int(
      LiveVariable(
        tag, Int(initial), in: Int(minimum)...Int(maximum), scale: options.scale, step: options.step, unit: options.unit,
        help: options.help, group: options.group, applies: options.applies, validate: options.numberValidator { Double($0) }))
  }
}

/// `attune_bool`.
@c(attune_bool)
public func attuneBool(
  _ tag: UnsafePointer<CChar>?, _ initial: Bool, _ options: UnsafePointer<attune_options_t>?
) -> OpaquePointer? {
  declared(tag) { tag throws(Mistake) in
    let options = try Options(options)
    return .bool(
      LiveVariable(
        tag, initial, help: options.help, group: options.group, applies: options.applies,
        validate: options.numberValidator { $0 ? 1 : 0 }))
  }
}

/// `attune_string`.
@c(attune_string)
public func attuneString(
  _ tag: UnsafePointer<CChar>?, _ initial: UnsafePointer<CChar>?, _ options: UnsafePointer<attune_options_t>?
) -> OpaquePointer? {
  declared(tag) { tag throws(Mistake) in
    let options = try Options(options)
    return .string(
      LiveVariable(
        tag, try text(initial, "'\(tag)': its initial text"), help: options.help, group: options.group, applies: options.applies,
        validate: options.textValidator))
  }
}

/// `attune_choice`.
@c(attune_choice)
public func attuneChoice(
  _ tag: UnsafePointer<CChar>?, _ initial: UnsafePointer<CChar>?, _ choices: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int,
  _ options: UnsafePointer<attune_options_t>?
) -> OpaquePointer? {
  declared(tag) { tag throws(Mistake) in
    let options = try Options(options)
    var allowed: [String] = []
    for choice in UnsafeBufferPointer(start: choices, count: choices == nil ? 0 : max(0, count)) {
      allowed.append(try text(choice, "'\(tag)': a choice"))
    }
    let initial = try text(initial, "'\(tag)': its initial text")
    guard allowed.contains(initial) else { throw Mistake("'\(tag)' starts at '\(initial)', which is none of its choices") }
    return .string(
      LiveVariable(
        tag, initial, choices: allowed, help: options.help, group: options.group, applies: options.applies,
        validate: options.textValidator))
  }
}

private func declared(
  _ tag: UnsafePointer<CChar>?, _ declare: (String) throws(Mistake) -> CVariable.Typed
) -> OpaquePointer? {
  do throws(Mistake) {
    let tag = try text(tag, "a variable's tag")
    guard !tag.hasPrefix("attune.") else { throw Mistake("'\(tag)': names that begin with 'attune.' are Attune's own") }
    return CVariable(try declare(tag)).handle
  } catch {
    error.keep()
    return nil
  }
}
