#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A gradient step whose size is the same for every weight, whatever the scale of its gradient.
/// Source: Kingma and Ba, "Adam: a method for stochastic optimization" (ICLR 2015), with its own constants.
struct Adam: Sendable {
  private var means: [Float]
  private var squares: [Float]
  private var steps = 0

  init(count: Int) {
    means = [Float](repeating: 0, count: count)
    squares = means
  }

  /// Goes down the gradient.
  mutating func step(_ weights: inout [Float], along gradient: [Float], rate: Float) {
    steps += 1
    let (meanScale, squareScale) = (1 / (1 - powf(0.9, Float(steps))), 1 / (1 - powf(0.999, Float(steps))))
    let count = weights.count
    weights.withUnsafeMutableBufferPointer { weights in
      means.withUnsafeMutableBufferPointer { means in
        squares.withUnsafeMutableBufferPointer { squares in
          gradient.withUnsafeBufferPointer { gradient in
            for index in 0..<count {
              let slope = gradient[index]
              means[index] += 0.1 * (slope - means[index])
              squares[index] += 0.001 * (slope * slope - squares[index])
              weights[index] -= rate * means[index] * meanScale / ((squares[index] * squareScale).squareRoot() + 1e-8)
            }
          }
        }
      }
    }
  }
}
