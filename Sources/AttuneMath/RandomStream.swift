/// The random numbers of one purpose of one trial.
///
/// Streams of different seeds, purposes or indices are independent, and the same three give the same numbers in any process and
/// in any order: that is what makes an experiment's n-th proposal the same at every degree of parallelism.
/// When not to use it: for secrets. It is fast and uniform, not unpredictable.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private let index: UInt64
  private var drawn: UInt64 = 0
  private var pending: UInt64?

  /// - Parameters:
  ///   - seed: the experiment's seed.
  ///   - purpose: what the numbers are for, e.g. `"propose"`.
  ///   - index: which one of that purpose, e.g. the trial's number.
  public init(seed: UInt64, purpose: String, index: Int) {
    let mixed = Self.hash(purpose, seed: seed)
    key = SIMD2(UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
    self.index = UInt64(bitPattern: Int64(index))
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if let second = pending {
      pending = nil
      return second
    }
    let counter = SIMD4(
      UInt32(truncatingIfNeeded: drawn), UInt32(truncatingIfNeeded: drawn >> 32), UInt32(truncatingIfNeeded: index),
      UInt32(truncatingIfNeeded: index >> 32))
    let bits = Philox.block(counter: counter, key: key)
    drawn += 1
    pending = UInt64(bits[2]) | UInt64(bits[3]) << 32
    return UInt64(bits[0]) | UInt64(bits[1]) << 32
  }

  /// A number in `0 ..< 1`, a multiple of 2⁻⁵³.
  public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// FNV-1a over the purpose, started from the seed, then a 64-bit finaliser, so that neighbouring seeds share no bits.
  private static func hash(_ purpose: String, seed: UInt64) -> UInt64 {
    var state = seed ^ 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    state = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ state >> 27) &* 0x94D0_49BB_1331_11EB
    return state ^ state >> 31
  }
}
