import AttuneCore

/// A parameter's coordinates in bins, each with its part of the measure under which variance is taken: uniform over the values that may
/// be proposed, and absence as a value of its own.
struct ImportanceAxis: Sendable {
  /// Values of one parameter beyond which they share bins.
  static let binLimit = 32

  /// The measure of the bins before each, ending with 1.
  let cumulative: [Double]
  /// The bin of each observation.
  let bins: [UInt8]
  /// The bin of absence; `nil` for a parameter that is always there.
  let absent: Int?
  /// The middle of each bin as a coordinate, and for parameters without an order its values; bins of absence have neither.
  let places: [Place]

  /// What a bin stands for.
  enum Place: Hashable, Sendable {
    case range(ClosedRange<Double>)
    case values([Int])
    case absence
  }

  var count: Int { cumulative.count - 1 }

  func weight(_ bin: Int) -> Double { cumulative[bin + 1] - cumulative[bin] }
}

extension ImportanceAxis {
  /// - Parameters:
  ///   - absence: the probability that the parameter does not exist.
  ///   - values: what the observations came to, for the order of values that have none.
  init(_ axis: Axis, coordinates: [Double], isActive: [Bool], absence: Double, values: [Double]) {
    let present = zip(coordinates, isActive).filter(\.1).map(\.0)
    var cells: (measures: [Double], places: [Place], cell: (Double) -> Int)
    if case .unordered(let count) = axis.kind {
      cells = Self.unordered(count, allowed: axis.allowed, coordinates: coordinates, isActive: isActive, values: values)
    } else {
      cells = Self.ordered(axis.range, present)
    }
    let hasAbsence = absence > 0 || isActive.contains(false)
    absent = hasAbsence ? 0 : nil
    var cumulative = [0.0]
    if hasAbsence { cumulative.append(absence) }
    for measure in cells.measures { cumulative.append((cumulative.last ?? 0) + measure * (1 - absence)) }
    self.cumulative = cumulative
    places = (hasAbsence ? [.absence] : []) + cells.places
    let offset = hasAbsence ? 1 : 0
    bins = zip(coordinates, isActive).map { coordinate, isActive in isActive ? UInt8(offset + cells.cell(coordinate)) : 0 }
  }

  /// Cuts between neighbouring values that were seen, with equally many trials between two cuts where there are too many values.
  private static func ordered(_ range: ClosedRange<Double>, _ seen: [Double]) -> ([Double], [Place], (Double) -> Int) {
    let sorted = seen.sorted()
    var distinct: [Double] = []
    for value in sorted where distinct.last != value { distinct.append(value) }
    var cuts: [Double] = []
    if distinct.count <= binLimit {
      cuts = zip(distinct, distinct.dropFirst()).map { ($0 + $1) / 2 }
    } else {
      for part in 1..<binLimit {
        let value = sorted[part * sorted.count / binLimit]
        guard let next = distinct.firstIndex(of: value), next > 0 else { continue }
        let cut = (distinct[next - 1] + value) / 2
        if cuts.last != cut { cuts.append(cut) }
      }
    }
    let edges = [range.lowerBound] + cuts.map { min(max($0, range.lowerBound), range.upperBound) } + [range.upperBound]
    let width = range.upperBound - range.lowerBound
    let pairs = zip(edges, edges.dropFirst())
    let measures = pairs.map { width > 0 ? ($1 - $0) / width : 1 / Double(edges.count - 1) }
    return (measures, pairs.map { .range($0...$1) }, { coordinate in cuts.count { $0 < coordinate } })
  }

  /// By the mean of what was observed, so that a cut separates good values from bad ones. Where a value was seen too rarely for that, its
  /// mean says nothing but its own luck, and the values stay as they are.
  private static func unordered(
    _ count: Int, allowed: [Int]?, coordinates: [Double], isActive: [Bool], values: [Double]
  ) -> ([Double], [Place], (Double) -> Int) {
    func category(_ coordinate: Double) -> Int { min(Int(coordinate * Double(count)), count - 1) }
    var seen = [Int](repeating: 0, count: count)
    var sums = [Double](repeating: 0, count: count)
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    for index in coordinates.indices where isActive[index] {
      seen[category(coordinates[index])] += 1
      sums[category(coordinates[index])] += values[index]
    }
    let total = seen.reduce(0, +)
    var order = Array(0..<count)
    if total >= 5 * count {
      let means = (0..<count).map { (sums[$0] + mean) / Double(seen[$0] + 1) }
      order.sort { (means[$0], $0) < (means[$1], $1) }
    }
    let admitted = allowed.map(Set.init)
    let measure = 1 / Double(admitted?.count ?? count)
    var groups: [[Int]] = []
    var taken = 0
    for value in order {
      // A new group when the last has its part of the trials, or of the values where hardly one was seen twice.
      let part = Double(taken + groups.joined().count) / Double(total + count)
      if groups.isEmpty || count <= binLimit || part * Double(binLimit) >= Double(groups.count) { groups.append([]) }
      groups[groups.count - 1].append(value)
      taken += seen[value]
    }
    var group = [Int](repeating: 0, count: count)
    for (index, members) in groups.enumerated() { for member in members { group[member] = index } }
    let measures = groups.map { members in members.reduce(0.0) { $0 + (admitted?.contains($1) ?? true ? measure : 0) } }
    return (measures, groups.map { .values($0) }, { group[category($0)] })
  }
}
