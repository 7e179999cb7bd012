import AttuneCore
import AttuneValues

extension AttemptCost {
  /// Reads a file of `ATTUNE_LEDGER`: JSON lines, of which the last of each process counts; `nil` when nothing was measured.
  ///
  /// Several processes of an attempt start beside one another, and counters of energy count a whole machine or device: of each
  /// measure the largest stands for the attempt, never their sum. A line cut off by a death is passed over.
  init?(ledger bytes: [UInt8]) {
    var last: [Int: JSON] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let document = try? JSON(parsing: Array(line)), let pid = document["pid"]?.int else { continue }
      last[pid] = document
    }
    let measured = last.sorted { $0.key < $1.key }.map(\.value)
    let hungriest = measured.max { ($0.joules ?? -1) < ($1.joules ?? -1) }
    self.init(
      warmup: measured.compactMap { $0["warmup"]?.finite }.max(), joules: hungriest?.joules,
      energySource: hungriest?.joules == nil ? nil : hungriest?["source"]?.string)
    if self == AttemptCost() { return nil }
  }
}

extension JSON {
  fileprivate var joules: Double? { self["joules"]?.finite }
  fileprivate var finite: Double? { double.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil } }
}
