/// Philox 4×32 with ten rounds: a counter-based generator, from a 128-bit counter and a 64-bit key to 128 random bits.
///
/// Being a pure function, it lets any draw of any trial be computed without the draws before it.
/// Source: Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
public enum Philox {
  /// The 128 bits of `counter` under `key`.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let left = UInt64(0xD251_1F53) * UInt64(counter[0])
      let right = UInt64(0xCD9E_8D57) * UInt64(counter[2])
      counter = SIMD4(
        UInt32(truncatingIfNeeded: right >> 32) ^ counter[1] ^ key[0], UInt32(truncatingIfNeeded: right),
        UInt32(truncatingIfNeeded: left >> 32) ^ counter[3] ^ key[1], UInt32(truncatingIfNeeded: left))
      key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}
