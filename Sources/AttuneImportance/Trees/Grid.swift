/// A function of the bins of two axes, put together from rectangles.
struct Grid {
  private let rows: Int
  private let columns: Int
  /// Differences at the corners of the rectangles, one row and one column more than there are bins.
  private var steps: [Double]

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    steps = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
  }

  mutating func add(_ height: Double, rows: Range<Int>, columns: Range<Int>) {
    for (row, height) in [(rows.lowerBound, height), (rows.upperBound, -height)] {
      steps[row * (self.columns + 1) + columns.lowerBound] += height
      steps[row * (self.columns + 1) + columns.upperBound] -= height
    }
  }

  /// The variance that is left when the means of its rows and of its columns are taken from it.
  /// - Parameters:
  ///   - rowWeights: the measure of each row; together 1.
  ///   - columnWeights: the same of the columns.
  func interaction(_ rowWeights: [Double], _ columnWeights: [Double]) -> Double {
    let heights = heights
    var rowMeans = [Double](repeating: 0, count: rows)
    var columnMeans = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        rowMeans[row] += heights[row * columns + column] * columnWeights[column]
        columnMeans[column] += heights[row * columns + column] * rowWeights[row]
      }
    }
    let mean = zip(rowMeans, rowWeights).reduce(0) { $0 + $1.0 * $1.1 }
    var variance = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        let rest = heights[row * columns + column] - rowMeans[row] - columnMeans[column] + mean
        variance += rest * rest * rowWeights[row] * columnWeights[column]
      }
    }
    return variance
  }

  /// Row after row.
  private var heights: [Double] {
    var heights: [Double] = []
    var above = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      var sum = 0.0
      for column in 0..<columns {
        sum += steps[row * (columns + 1) + column]
        above[column] += sum
      }
      heights += above
    }
    return heights
  }
}
