#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Synchronization

/// What a forked child must know: that it has no thread of ours, and which descriptors are its parent's.
///
/// A child that kept the parent's sockets would hold them open after the parent's death: clients would wait for answers that nobody gives.
/// So they are closed in the child before it goes on. One that execs is safe anyway: every descriptor is closed on exec.
package enum Forks {
  /// How many forks lie between the first process that used this room and the one that asks. What a thread of ours guards may be touched
  /// only by the process of the generation in which the thread was started.
  package static var generation: Int { table.generation.load(ordering: .relaxed) }

  static func opened(_ descriptor: Int32) { table.mark(descriptor, isOpen: true) }
  static func closed(_ descriptor: Int32) { table.mark(descriptor, isOpen: false) }

  private static let table = ForkTable()

  /// One bit a descriptor, without a lock: another thread may have been at it in the moment of the fork.
  private final class ForkTable: Sendable {
    private static let words = 1024
    let generation = Atomic<Int>(0)
    private let bits: InlineArray<1024, Atomic<UInt64>>

    init() {
      bits = InlineArray { _ in Atomic<UInt64>(0) }
      // In the child, the only thread there is runs this before `fork` returns.
      pthread_atfork(nil, nil, { Forks.table.closeAll() })
    }

    /// Descriptors beyond the table, 65,536, are left to the child.
    func mark(_ descriptor: Int32, isOpen: Bool) {
      let (word, bit) = (Int(descriptor) / 64, UInt64(1) << UInt64(descriptor % 64))
      guard word < Self.words else { return }
      if isOpen { bits[word].bitwiseOr(bit, ordering: .relaxed) } else { bits[word].bitwiseAnd(~bit, ordering: .relaxed) }
    }

    func closeAll() {
      generation.add(1, ordering: .relaxed)
      for word in 0..<Self.words {
        var open = bits[word].exchange(0, ordering: .relaxed)
        while open != 0 {
          _ = close(Int32(word * 64 + open.trailingZeroBitCount))
          open &= open - 1
        }
      }
    }
  }
}
