/// Points of many dimensions as the kernels read them: one column a point, one row a dimension.
struct SampleTable: Sendable {
  let dimensions: Int
  /// Points.
  let columns: Int
  /// Columns of a row, a multiple of 8; those behind the last point hold zeros.
  let stride: Int
  /// Number d of point j stands at d · stride + j.
  var elements: [Double]

  init(columns: Int, dimensions: Int) {
    self.columns = columns
    self.dimensions = dimensions
    stride = (columns + 7) / 8 * 8
    elements = [Double](repeating: 0, count: dimensions * stride)
  }

  /// Every column the same point.
  init(columns: Int, point: [Double]) {
    self.init(columns: columns, dimensions: point.count)
    for (row, number) in point.enumerated() {
      for column in 0..<columns { elements[row * stride + column] = number }
    }
  }

  /// Makes a column equal to another table's.
  mutating func copy(_ column: Int, of other: SampleTable, to place: Int) {
    for row in 0..<dimensions { elements[row * stride + place] = other.elements[row * other.stride + column] }
  }

  /// The first points, at the places they had.
  func prefix(_ count: Int) -> SampleTable {
    guard count < columns else { return self }
    var part = SampleTable(columns: count, dimensions: dimensions)
    for column in 0..<count { part.copy(column, of: self, to: column) }
    return part
  }
}
