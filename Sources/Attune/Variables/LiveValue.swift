import AttuneValues
import AttuneWire
import Synchronization

/// A type that a live variable can hold: `Bool`, `Int`, `Double`, `String`, and enums of strings.
///
/// An enum needs no more than `enum Solver: String, CaseIterable, LiveValue { case sgd, adam }`.
public protocol LiveValue: Hashable, Sendable {
  /// The value in one atomic word. Numbers are the word; others are a place in the table.
  func liveBits(in table: LiveTable<Self>) -> UInt64
  /// The value of a word that `liveBits(in:)` gave.
  static func fromLiveBits(_ bits: UInt64, in table: LiveTable<Self>) -> Self
  /// The value as it travels.
  var liveScalar: Value { get }
  /// The value that travelled; `nil` when it is of another type.
  static func fromLiveScalar(_ scalar: Value) -> Self?
  /// The type's name on the wire: `bool`, `int`, `float`, `string` or `choice`.
  static var liveKind: String { get }
  /// The values that a `choice` allows; empty for other types.
  static var liveChoices: [Value] { get }
  /// The table of a new variable. Types whose values are the word itself share an empty one.
  static var liveTable: LiveTable<Self> { get }
}

/// Values that do not fit into one atomic word; the word is a place in this table. It grows by one entry for each different value.
public final class LiveTable<Element: Hashable & Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  /// An empty table. A table of numbers stays empty.
  public init() {}

  func place(of element: Element) -> UInt64 {
    elements.withLock { elements in
      if let index = elements.firstIndex(of: element) { return UInt64(index) }
      elements.append(element)
      return UInt64(elements.count - 1)
    }
  }

  func element(at place: UInt64) -> Element {
    elements.withLock { $0[Int(place)] }
  }
}

extension LiveValue {
  /// Not a choice.
  public static var liveChoices: [Value] { [] }
  /// One of its own.
  public static var liveTable: LiveTable<Self> { LiveTable() }
  /// A place in the table: reading costs a lock, which the numbers do not pay.
  public func liveBits(in table: LiveTable<Self>) -> UInt64 { table.place(of: self) }
  /// The value at that place of the table.
  public static func fromLiveBits(_ bits: UInt64, in table: LiveTable<Self>) -> Self { table.element(at: bits) }
}

extension LiveValue where Self: CaseIterable & RawRepresentable, RawValue == String {
  /// The raw value.
  public var liveScalar: Value { .string(rawValue) }
  /// The case of that raw value.
  public static func fromLiveScalar(_ scalar: Value) -> Self? {
    if case .string(let text) = scalar { Self(rawValue: text) } else { nil }
  }
  /// A choice.
  public static var liveKind: String { VariableDescriptor.Kind.choice.rawValue }
  /// Every case.
  public static var liveChoices: [Value] { allCases.map(\.liveScalar) }
}

extension Double: LiveValue {
  /// Empty, and the same for all.
  public static let liveTable = LiveTable<Double>()
  /// The bit pattern.
  @inlinable public func liveBits(in table: LiveTable<Double>) -> UInt64 { bitPattern }
  /// The bit pattern's number.
  @inlinable public static func fromLiveBits(_ bits: UInt64, in table: LiveTable<Double>) -> Double { Double(bitPattern: bits) }
  /// A float.
  public var liveScalar: Value { .float(self) }
  /// Any number.
  public static func fromLiveScalar(_ scalar: Value) -> Double? {
    switch scalar {
    case .float(let float): float
    case .int(let integer): Double(integer)
    default: nil
    }
  }
  /// `float`.
  public static var liveKind: String { VariableDescriptor.Kind.float.rawValue }
}

extension Int: LiveValue {
  /// Empty, and the same for all.
  public static let liveTable = LiveTable<Int>()
  /// The two's complement.
  @inlinable public func liveBits(in table: LiveTable<Int>) -> UInt64 { UInt64(truncatingIfNeeded: self) }
  /// The two's complement's number.
  @inlinable public static func fromLiveBits(_ bits: UInt64, in table: LiveTable<Int>) -> Int { Int(truncatingIfNeeded: bits) }
  /// An int.
  public var liveScalar: Value { .int(self) }
  /// An int.
  public static func fromLiveScalar(_ scalar: Value) -> Int? {
    if case .int(let integer) = scalar { integer } else { nil }
  }
  /// `int`.
  public static var liveKind: String { VariableDescriptor.Kind.int.rawValue }
}

extension Bool: LiveValue {
  /// Empty, and the same for all.
  public static let liveTable = LiveTable<Bool>()
  /// 0 or 1.
  @inlinable public func liveBits(in table: LiveTable<Bool>) -> UInt64 { self ? 1 : 0 }
  /// Whether it is not 0.
  @inlinable public static func fromLiveBits(_ bits: UInt64, in table: LiveTable<Bool>) -> Bool { bits != 0 }
  /// A bool.
  public var liveScalar: Value { .bool(self) }
  /// A bool.
  public static func fromLiveScalar(_ scalar: Value) -> Bool? {
    if case .bool(let flag) = scalar { flag } else { nil }
  }
  /// `bool`.
  public static var liveKind: String { VariableDescriptor.Kind.bool.rawValue }
}

extension String: LiveValue {
  /// A string.
  public var liveScalar: Value { .string(self) }
  /// A string.
  public static func fromLiveScalar(_ scalar: Value) -> String? {
    if case .string(let text) = scalar { text } else { nil }
  }
  /// `string`.
  public static var liveKind: String { VariableDescriptor.Kind.string.rawValue }
}
