/// Products with small matrices that stand, column by column, in a larger array: as many rows as the output has numbers, as many columns as
/// the input. Pointers, because these loops are all of the time that learning takes, also in a build for debugging.
enum Dense {
  /// output += W · input
  static func add(
    _ weights: UnsafeBufferPointer<Float>, at start: Int, times input: UnsafeBufferPointer<Float>,
    to output: UnsafeMutableBufferPointer<Float>
  ) {
    guard var column = weights.baseAddress.map({ $0 + start }), let target = output.baseAddress, let source = input.baseAddress else {
      return
    }
    let rows = output.count
    for index in 0..<input.count {
      let factor = source[index]
      for row in 0..<rows { target[row] += factor * column[row] }
      column += rows
    }
  }

  /// Backwards: gradient += slope · inputᵀ, and inputSlope += Wᵀ · slope.
  static func addGradient(
    _ gradient: UnsafeMutableBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>, at start: Int,
    slope: UnsafeBufferPointer<Float>, input: UnsafeBufferPointer<Float>, inputSlope: UnsafeMutableBufferPointer<Float>
  ) {
    guard var column = weights.baseAddress.map({ $0 + start }), var into = gradient.baseAddress.map({ $0 + start }),
      let slopes = slope.baseAddress, let source = input.baseAddress, let target = inputSlope.baseAddress
    else { return }
    let rows = slope.count
    for index in 0..<input.count {
      let factor = source[index]
      var sum: Float = 0
      for row in 0..<rows {
        into[row] += factor * slopes[row]
        sum += column[row] * slopes[row]
      }
      target[index] += sum
      column += rows
      into += rows
    }
  }
}
