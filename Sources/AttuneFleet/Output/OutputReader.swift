import AttuneValues

/// Finds reports in what a script prints: lines `attune: {"step": 3, "accuracy": 0.91}`, and what the file's pattern matches.
struct OutputReader {
  /// What a line says.
  enum Finding: Equatable {
    case nothing
    case report(step: Int, metrics: [String: Double])
    /// Meant to be a report and not one; the words say why.
    case malformed(String)
  }

  private static let prefix = Array("attune:".utf8)
  private let pattern: OutputPattern?

  init(pattern: OutputPattern?) { self.pattern = pattern }

  /// - Parameter previousStep: of the attempt's last report, from whatever source; a report without a step counts on from it.
  func finding(in line: [UInt8], previousStep: Int) -> Finding {
    let text = line.drop { $0 == 0x20 || $0 == 0x09 }
    if text.starts(with: Self.prefix) { return bare(Array(text.dropFirst(Self.prefix.count)), previousStep: previousStep) }
    guard let pattern, let match = pattern.match(in: String(decoding: line, as: UTF8.self)) else { return .nothing }
    return .report(step: match.step ?? previousStep + 1, metrics: match.metrics)
  }

  private func bare(_ bytes: [UInt8], previousStep: Int) -> Finding {
    let document: JSON
    do { document = try JSON(parsing: bytes) } catch { return .malformed(error.description) }
    guard var members = document.object else { return .malformed("a report is a JSON object") }
    var step = previousStep + 1
    if let given = members.removeValue(forKey: "step") {
      guard let number = given.int, number >= 1 else { return .malformed("\"step\" is a whole number from 1, got \(given.text)") }
      step = number
    }
    let metrics = members.compactMapValues(\.double)
    return metrics.isEmpty ? .malformed("there is no metric with a number in it") : .report(step: step, metrics: metrics)
  }
}

/// A regular expression whose named groups are a report: `step` (may be missing) and metrics.
struct OutputPattern {
  private let regex: Regex<AnyRegexOutput>

  /// - Throws: `FleetError.badPattern` when it is no regular expression or has no named group besides `step`.
  init(_ text: String) throws(FleetError) {
    do { regex = try Regex(text) } catch { throw .badPattern(text, problem: "is no regular expression: \(error)") }
    let names = text.matches(of: /\(\?P?<([A-Za-z_]\w*)>/).map { String($0.output.1) }
    guard names.contains(where: { $0 != "step" }) else {
      throw .badPattern(text, problem: "names no metric; write a group like (?<accuracy>[0-9.]+)")
    }
  }

  /// `nil` when the line does not match, or a group holds no number.
  func match(in line: String) -> (step: Int?, metrics: [String: Double])? {
    guard let match = try? regex.firstMatch(in: line) else { return nil }
    var step: Int?
    var metrics: [String: Double] = [:]
    for group in match.output {
      guard let name = group.name, let text = group.substring else { continue }
      if name == "step" {
        guard let number = Int(text), number >= 1 else { return nil }
        step = number
      } else {
        guard let number = Double(text) else { return nil }
        metrics[name] = number
      }
    }
    return metrics.isEmpty ? nil : (step, metrics)
  }
}
