import Synchronization

/// What a value can be derived from: a live variable, or a derived value again.
public protocol LiveSource: Sendable {
  /// What it holds.
  associatedtype Output: Sendable
  /// What it holds now.
  var value: Output { get }
  /// The tags of the variables that it depends on.
  var liveTags: Set<String> { get }
  /// Where those are declared.
  var liveRegistry: LiveRegistry { get }
}

/// A value that follows others: calculated again when one of them has changed, and read as cheaply as they are.
///
/// ```swift
/// let halfLife = LiveVariable("half_life", 100.0)
/// let decay = halfLife.map { exp2(-1 / $0) }
/// let effective = LiveDerived.combining(learningRate, decay) { $0 * $1 }
/// ```
///
/// The calculation runs on the thread that made the change: within `step(_:)` for variables that apply at steps, on Attune's own for others.
/// It sees values of one moment, also when several change together. What has up to eight bytes is read by one atomic load, the rest under
/// a lock. It is not seen from outside; give it a variable of its own if people shall set it.
public final class LiveDerived<Output: Sendable>: LiveSource {
  /// The tags of the variables that it depends on.
  public let liveTags: Set<String>
  /// Where those are declared.
  public let liveRegistry: LiveRegistry

  @usableFromInline let word = Atomic<UInt64>(0)
  @usableFromInline let cell: Mutex<(version: Int, output: Output)>
  private let calculate: @Sendable () -> (version: Int, output: Output)

  private init(tags: Set<String>, registry: LiveRegistry, calculate: @escaping @Sendable () -> (version: Int, output: Output)) {
    liveTags = tags
    liveRegistry = registry
    self.calculate = calculate
    let start = calculate()
    cell = Mutex(start)
    keepInWord(start.output)
    let isStale = registry.derive(from: tags, version: start.version) { [weak self] in
      self?.refresh()
      return self != nil
    }
    if isStale { refresh() }
  }

  /// Declares a value that is calculated from others.
  /// - Parameters:
  ///   - source: what it depends on, all of one registry.
  ///   - transform: calculates it; must neither wait nor change one of the sources.
  public static func combining<each Source: LiveSource>(
    _ source: repeat each Source, transform: @escaping @Sendable (repeat (each Source).Output) -> Output
  ) -> LiveDerived {
    var tags: Set<String> = []
    var registry: LiveRegistry?
    for one in repeat each source {
      tags.formUnion(one.liveTags)
      precondition(registry == nil || registry === one.liveRegistry, "a value is derived from variables of one registry")
      registry = one.liveRegistry
    }
    let place = registry ?? .shared
    return LiveDerived(tags: tags, registry: place) {
      let (version, inputs) = place.consistently { (repeat (each source).value) }
      return (version, transform(repeat each inputs))
    }
  }

  /// What it is now.
  @inlinable public var value: Output {
    guard Self.fitsWord else { return cell.withLock { $0.output } }
    let bits = word.load(ordering: .relaxed)
    return withUnsafeBytes(of: bits) { $0.load(as: Output.self) }
  }

  /// What it is now.
  @inlinable public func callAsFunction() -> Output { value }

  /// Known when the code is compiled for a type, so that nothing is asked at run time.
  @inlinable static var fitsWord: Bool { _isPOD(Output.self) && MemoryLayout<Output>.size <= MemoryLayout<UInt64>.size }

  /// Two threads may have made changes at once: what was calculated from the newer ones stays.
  private func refresh() {
    let fresh = calculate()
    cell.withLock { cell in
      guard fresh.version > cell.version else { return }
      cell = fresh
      keepInWord(fresh.output)
    }
  }

  private func keepInWord(_ output: Output) {
    guard Self.fitsWord else { return }
    var bits: UInt64 = 0
    withUnsafeMutableBytes(of: &bits) { target in withUnsafeBytes(of: output) { target.copyBytes(from: $0) } }
    word.store(bits, ordering: .relaxed)
  }
}

extension LiveSource {
  /// A value that follows this one.
  /// - Parameter transform: calculates it, on the thread that changes this one; must neither wait nor change it.
  public func map<Result: Sendable>(_ transform: @escaping @Sendable (Output) -> Result) -> LiveDerived<Result> {
    LiveDerived<Result>.combining(self, transform: transform)
  }
}

extension LiveVariable: LiveSource {
  /// Its own tag.
  public var liveTags: Set<String> { [tag] }
}
