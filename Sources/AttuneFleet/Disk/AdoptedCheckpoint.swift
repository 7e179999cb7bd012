import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A copy of another trial's checkpoint that waits beside the trial's own, until a program has loaded it or it has taken its place.
///
/// It takes that place by two renames, and the trial's own is removed last: whoever dies between two of them leaves either both or the new
/// one whole, and the same order finds out which.
struct AdoptedCheckpoint {
  private static let prefix = "adopted-"

  private let number: Int
  private let directory: String

  /// - Parameter number: of the adoption.
  init(_ number: Int, of trial: TrialID, in trials: String) {
    self.number = number
    directory = "\(trials)/\(trial)"
  }

  /// Where the copy waits.
  var path: String { "\(directory)/\(Self.prefix)\(number)" }
  private var own: String { "\(directory)/checkpoint" }
  /// The trial's own, as soon as it is given up.
  private var replaced: String { "\(directory)/replaced-\(number)" }

  /// Lets the copy take the place of the trial's own checkpoint; nothing, when it has already.
  /// - Throws: `FleetError` when the disk refuses; the trial's own or the copy is then whole in any case.
  func takePlace() throws(FleetError) {
    if Files.exists(path) {
      if Files.exists(own) {
        try Files.removeAll(replaced)
        try move(own, to: replaced)
      }
      try move(path, to: own)
    }
    try Files.removeAll(replaced)
  }

  /// Removes what earlier adoptions have left, but the last of it: a program that has loaded that may not have saved since.
  func removeEarlier() throws(FleetError) {
    let numbers = Files.names(in: directory).compactMap { $0.hasPrefix(Self.prefix) ? Int($0.dropFirst(Self.prefix.count)) : nil }
    for earlier in numbers.filter({ $0 < number }).sorted().dropLast() { try Files.removeAll("\(directory)/\(Self.prefix)\(earlier)") }
  }

  private func move(_ source: String, to target: String) throws(FleetError) {
    guard rename(source, target) == 0 else { throw Files.failure("make the directory", target) }
  }
}
