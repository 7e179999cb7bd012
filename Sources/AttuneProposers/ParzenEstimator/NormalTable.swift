import Foundation

/// The standard normal distribution, tabulated: thousands of kernels are normalised at every question.
enum NormalTable {
  private static let reach = 8.0
  private static let resolution = 256.0
  private static let values: [Double] = (0...Int(2 * reach * resolution)).map {
    0.5 * erfc(-(Double($0) / resolution - reach) / 2.0.squareRoot())
  }

  /// P(N ≤ z), to 1e-6.
  static func probability(below z: Double) -> Double {
    guard z > -reach else { return 0 }
    guard z < reach else { return 1 }
    let place = (z + reach) * resolution
    let index = Int(place)
    return values[index] + (place - Double(index)) * (values[index + 1] - values[index])
  }
}
