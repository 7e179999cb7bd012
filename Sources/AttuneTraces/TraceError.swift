import AttuneCore

/// What is wrong with a trace, and where.
public struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What it is.
  public enum Problem: Hashable, Sendable {
    /// It cannot be read at all: why.
    case unreadable(String)
    /// No line holds names.
    case empty
    /// Names, but no report.
    case noReports
    /// No column of that name; those there are.
    case unknownColumn(name: String, known: [String])
    /// Two columns of that name.
    case repeatedColumn(name: String)
    /// No metric of that name; those there are.
    case unknownMetric(name: String, known: [String])
    /// A line with more or fewer cells than there are names.
    case cells(count: Int, expected: Int)
    /// A cell that holds no number, or one that is not allowed there.
    case notANumber(column: String, text: String, allowed: String)
    /// A step that does not come after the one before.
    case stepsDescend(step: Int, after: Int)
    /// Steps that the others of this trial lead one to expect.
    case missingSteps(from: Int, through: Int)
    /// Seconds that do not come after the ones before.
    case secondsDescend(seconds: Double, after: Double)
  }

  /// The file, as the person named it.
  public let file: String
  /// From 1; `nil` where no line is to blame.
  public let line: Int?
  /// Whose report it is, where that is known.
  public let trial: String?
  /// What is wrong.
  public let problem: Problem

  /// An error.
  public init(file: String, line: Int? = nil, trial: String? = nil, _ problem: Problem) {
    self.file = file
    self.line = line
    self.trial = trial
    self.problem = problem
  }

  /// `cifar10.csv:7: trial 3: step 4 stands after step 4; allowed: steps that ascend`
  public var description: String {
    let position = line.map { ":\($0)" } ?? ""
    let owner = trial.map { "trial \($0): " } ?? ""
    return "\(file)\(position): \(owner)\(problem.words)".split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}

extension TraceError.Problem {
  fileprivate var words: String {
    switch self {
    case .unreadable(let reason): "cannot be read: \(reason)"
    case .empty: "no line; a trace begins with the names of its columns, such as 'trial,step,seconds,accuracy'"
    case .noReports: "names of columns, but no report"
    case .unknownColumn(let name, let known):
      "no column '\(name)'\(Nearest.hint(name, among: known)); the columns of trial, step and seconds can be named"
    case .repeatedColumn(let name): "two columns are called '\(name)'"
    case .unknownMetric(let name, let known): "no metric '\(name)'\(Nearest.hint(name, among: known))"
    case .cells(let count, let expected): "\(count) cells; the first line names \(expected) columns"
    case .notANumber(let column, let text, let allowed): "\(column): '\(text.prefix(60))' refused; allowed: \(allowed)"
    case .stepsDescend(let step, let after): "step \(step) stands after step \(after); allowed: steps that ascend"
    case .missingSteps(let from, let through):
      from == through ? "step \(from) is missing" : "steps \(from) to \(through) are missing"
    case .secondsDescend(let seconds, let after):
      "\(seconds) seconds stand after \(after); allowed: seconds since the trial's start, each report later than the one before"
    }
  }
}
