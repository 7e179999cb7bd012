/// Points that fill the unit cube evenly: any 2ᵏ points that begin at a multiple of 2ᵏ spread over every box that a binary division of
/// the axes makes, far better than random ones do.
///
/// With a seed the points are scrambled as Owen has it: each has the uniform distribution, the evenness stays, and different seeds give
/// independent sets. Any point can be computed without those before it.
/// When not to use it: for more than a handful of points in many dimensions it is no better than random numbers, and no worse.
/// Sources: Sobol', "On the distribution of points in a cube" (1967); Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences" (1995);
/// Burley, "Practical hash-based Owen scrambling" (JCGT 2020), after Laine and Karras, "Stratified sampling for stochastic
/// transparency" (2011). Numbers: see `SobolTable`.
public struct SobolSequence: Sendable {
  /// Coordinates of a point.
  public let dimensions: Int
  /// 32 direction numbers a dimension, for as many dimensions as the table has.
  private let directions: [UInt32]
  /// A key for each dimension; `nil` for the plain sequence.
  private let keys: [UInt32]?

  /// A sequence of its own for each seed; the plain one, whose first point is the origin, without.
  ///
  /// Beyond 512 dimensions the table begins again, at points in another order: what lies so far apart is as even as random numbers.
  /// - Precondition: `dimensions >= 0`.
  public init(dimensions: Int, seed: UInt64?) {
    precondition(dimensions >= 0, "a point has 0 coordinates or more; got \(dimensions)")
    self.dimensions = dimensions
    directions = SobolTable.directions(of: min(dimensions, SobolTable.dimensions))
    keys = seed.map { seed in (0..<dimensions).map { Self.key(seed, $0) } }
  }

  /// The point of that number, from 0.
  /// - Returns: `dimensions` coordinates in 0 ..< 1, multiples of 2⁻³²; with a seed their half steps, so that 0 is none of them.
  /// - Precondition: `0 <= index < 2³²`.
  public func point(at index: Int) -> [Double] {
    precondition(index >= 0 && index < 1 << 32, "points are numbered from 0 to 2^32 - 1; got \(index)")
    return (0..<dimensions).map { dimension in
      let bits = bits(of: dimension, at: UInt32(index))
      guard let keys else { return Double(bits) * 0x1p-32 }
      return (Double(Self.scrambled(bits, keys[dimension])) + 0.5) * 0x1p-32
    }
  }

  private func bits(of dimension: Int, at index: UInt32) -> UInt32 {
    let (round, column) = dimension.quotientAndRemainder(dividingBy: SobolTable.dimensions)
    var rest = round == 0 ? index : Self.scrambled(index, Self.key(UInt64(round), -1))
    var bits: UInt32 = 0
    while rest != 0 {
      bits ^= directions[column * 32 + rest.trailingZeroBitCount]
      rest &= rest - 1
    }
    return bits
  }

  /// Owen's scrambling: whether a binary digit is flipped depends on the digits before it. Whole numbers below 2ᵏ thereby go to a block
  /// of 2ᵏ.
  private static func scrambled(_ bits: UInt32, _ key: UInt32) -> UInt32 {
    reversed(permuted(reversed(bits), key))
  }

  /// A permutation in which every binary digit depends on the digits below it alone.
  private static func permuted(_ bits: UInt32, _ key: UInt32) -> UInt32 {
    var bits = bits &+ key
    for factor: UInt32 in [0x6C50_B47C, 0xB82F_1E52, 0xC7AF_E638, 0x8D22_F6E6] { bits ^= bits &* factor }
    return bits
  }

  private static func reversed(_ bits: UInt32) -> UInt32 {
    var bits = bits.byteSwapped
    bits = (bits & 0x0F0F_0F0F) << 4 | (bits >> 4) & 0x0F0F_0F0F
    bits = (bits & 0x3333_3333) << 2 | (bits >> 2) & 0x3333_3333
    return (bits & 0x5555_5555) << 1 | (bits >> 1) & 0x5555_5555
  }

  private static func key(_ seed: UInt64, _ dimension: Int) -> UInt32 {
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    return Philox.block(counter: SIMD4(UInt32(truncatingIfNeeded: dimension), 0x50B0_1EED, 0, 0), key: key)[0]
  }
}

extension SobolTable {
  /// 32 numbers a dimension, the first binary digit of a coordinate highest.
  static func directions(of dimensions: Int) -> [UInt32] {
    var table = Reader(characters: text.utf8.makeIterator())
    guard dimensions > 0 else { return [] }
    var numbers: [UInt32] = (0..<32).map { 1 << (31 - $0) }
    numbers.reserveCapacity(32 * dimensions)
    var left = polynomials[0]
    var degree = 1
    for _ in stride(from: 1, to: dimensions, by: 1) {
      if left == 0 {
        left = polynomials[degree]
        degree += 1
      }
      left -= 1
      appendDimension(ofDegree: degree, from: &table, to: &numbers)
    }
    return numbers
  }

  /// Bratley and Fox, "Algorithm 659" (1988): each number is the exclusive or of `degree` numbers before it that the polynomial chooses.
  private static func appendDimension(ofDegree degree: Int, from table: inout Reader, to numbers: inout [UInt32]) {
    let polynomial = table.next(degree - 1)
    let start = numbers.count
    for bit in 0..<degree { numbers.append((table.next(bit) << 1 | 1) << UInt32(31 - bit)) }
    for bit in degree..<32 {
      let last = numbers[start + bit - degree]
      var number = last ^ last >> UInt32(degree)
      for back in stride(from: 1, to: degree, by: 1) where polynomial >> UInt32(degree - 1 - back) & 1 == 1 {
        number ^= numbers[start + bit - back]
      }
      numbers.append(number)
    }
  }

  /// Takes bits from characters, six from each.
  private struct Reader {
    var characters: String.UTF8View.Iterator
    private var held: UInt32 = 0
    private var count = 0

    init(characters: String.UTF8View.Iterator) { self.characters = characters }

    /// The next so many bits as a number, the first the highest.
    mutating func next(_ width: Int) -> UInt32 {
      while count < width, let character = characters.next() {
        held = held << 6 | Self.value(of: character)
        count += 6
      }
      count -= width
      defer { held &= 1 << UInt32(count) - 1 }
      return held >> UInt32(count)
    }

    private static func value(of character: UInt8) -> UInt32 {
      switch character {
      case 65...90: UInt32(character - 65)
      case 97...122: UInt32(character - 71)
      case 48...57: UInt32(character + 4)
      default: character == 43 ? 62 : 63
      }
    }
  }
}
