import CAttuneKernels

/// A dense matrix, row by row, whose rows are padded so that kernels take eight numbers at a time.
///
/// When not to use it: for a handful of numbers; nothing here is worth it below four rows.
public struct Matrix: Sendable {
  /// How many rows.
  public let rows: Int
  /// How many columns.
  public let columns: Int
  /// Doubles from one row to the next: `columns` rounded up to a multiple of 8. What stands in between means nothing.
  public let stride: Int
  /// `rows` × `stride` numbers.
  public var elements: [Double]

  /// A matrix of zeros.
  /// - Parameter stride: at least `columns`, a multiple of 8; `nil` for the least.
  public init(rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? Self.padded(columns)
    precondition(stride >= columns && stride % 8 == 0, "the stride of \(columns) columns is a larger multiple of 8; got \(stride)")
    self.rows = rows
    self.columns = columns
    self.stride = stride
    elements = [Double](repeating: 0, count: rows * stride)
  }

  /// The number in one place.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * stride + column] }
    set { elements[row * stride + column] = newValue }
  }

  /// The least multiple of 8 that is at least `count`.
  public static func padded(_ count: Int) -> Int { (count + 7) & ~7 }
}
