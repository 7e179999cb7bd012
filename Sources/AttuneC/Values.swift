import Attune
import CAttune

/// `attune_float_value`.
@c(attune_float_value)
public func attuneFloatValue(_ variable: OpaquePointer?) -> Double {
  switch CVariable.typed(of: variable) {
  case .float(let variable): variable.value
  case .int(let variable): Double(variable.value)
  default: .nan
  }
}

/// `attune_int_value`.
@c(attune_int_value)
public func attuneIntValue(_ variable: OpaquePointer?) -> Int64 {
  if case .int(let variable) = CVariable.typed(of: variable) { Int64(variable.value) } else { 0 }
}

/// `attune_bool_value`.
@c(attune_bool_value)
public func attuneBoolValue(_ variable: OpaquePointer?) -> Bool {
  if case .bool(let variable) = CVariable.typed(of: variable) { variable.value } else { false }
}

/// `attune_string_value`.
@c(attune_string_value)
public func attuneStringValue(_ variable: OpaquePointer?, _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
  let value = if case .string(let variable) = CVariable.typed(of: variable) { variable.value } else { "" }
  return copy(value, to: buffer, size)
}

/// `attune_is_changed`.
@c(attune_is_changed)
public func attuneIsChanged(_ variable: OpaquePointer?) -> Bool {
  switch CVariable.typed(of: variable) {
  case .float(let variable): variable.isChanged()
  case .int(let variable): variable.isChanged()
  case .bool(let variable): variable.isChanged()
  case .string(let variable): variable.isChanged()
  case nil: false
  }
}

/// `attune_set_float`.
@c(attune_set_float)
public func attuneSetFloat(_ variable: OpaquePointer?, _ value: Double) -> Int32 {
  setting(variable, to: "\(value)") { typed in
    switch typed {
    case .float(let variable): try variable.set(value)
    case .int(let variable):
      guard let whole = Int(exactly: value) else { throw Mistake("'\(variable.tag)' = \(value) refused: allowed is an integer") }
      try variable.set(whole)
    default: return false
    }
    return true
  }
}

/// `attune_set_int`.
@c(attune_set_int)
public func attuneSetInt(_ variable: OpaquePointer?, _ value: Int64) -> Int32 {
  setting(variable, to: "\(value)") { typed in
    switch typed {
    case .float(let variable): try variable.set(Double(value))
    case .int(let variable): try variable.set(Int(value))
    default: return false
    }
    return true
  }
}

/// `attune_set_bool`.
@c(attune_set_bool)
public func attuneSetBool(_ variable: OpaquePointer?, _ value: Bool) -> Int32 {
  setting(variable, to: "\(value)") { typed in
    guard case .bool(let variable) = typed else { return false }
    try variable.set(value)
    return true
  }
}

/// `attune_set_string`.
@c(attune_set_string)
public func attuneSetString(_ variable: OpaquePointer?, _ value: UnsafePointer<CChar>?) -> Int32 {
  do throws(Mistake) {
    let value = try text(value, "a new value")
    return setting(variable, to: "'\(value)'") { typed in
      guard case .string(let variable) = typed else { return false }
      try variable.set(value)
      return true
    }
  } catch {
    error.keep()
    return Int32(ATTUNE_INVALID)
  }
}

/// - Parameter set: `false` when the value is of another type than the variable.
private func setting(_ handle: OpaquePointer?, to value: String, _ set: (CVariable.Typed) throws -> Bool) -> Int32 {
  guard let typed = CVariable.typed(of: handle) else {
    Mistake("\(value) for a null handle refused: it is no variable. Nothing was changed.").keep()
    return Int32(ATTUNE_INVALID)
  }
  do {
    if try set(typed) { return Int32(ATTUNE_OK) }
    Mistake("\(value) refused: the variable is of another type. Nothing was changed.").keep()
  } catch let error as LiveError {
    Mistake(error.message).keep()
  } catch let error as Mistake {
    error.keep()
  } catch {
    Mistake("\(error)").keep()
  }
  return Int32(ATTUNE_REFUSED)
}
