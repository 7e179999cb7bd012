/// Finds what a person probably meant.
public enum Nearest {
  /// The candidate with the smallest edit distance to `word`, when that is at most a third of its length (and at least 1).
  public static func match(_ word: String, among candidates: [String]) -> String? {
    let best = candidates.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }.min { $0.distance < $1.distance }
    guard let best, best.distance <= max(1, word.count / 3) else { return nil }
    return best.name
  }

  /// ` Did you mean 'x'?`, or what is allowed when nothing is near.
  public static func hint(_ word: String, among candidates: [String]) -> String {
    if let match = match(word, among: candidates) { return ". Did you mean '\(match)'?" }
    return candidates.isEmpty ? "" : "; allowed: \(candidates.joined(separator: ", "))"
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (Damerau's restricted distance).
  static func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first), second = Array(second)
    var rows = [Array(0...second.count)]
    for i in 1...max(first.count, 1) where i <= first.count {
      var row = [i]
      for j in 1...max(second.count, 1) where j <= second.count {
        var cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1))
        if i > 1, j > 1, first[i - 1] == second[j - 2], first[i - 2] == second[j - 1] { cost = min(cost, rows[i - 2][j - 2] + 1) }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[first.count][second.count]
  }
}
