import AttuneCore
import Foundation

/// Reads traces, with every mistake located.
public struct TraceReader: Sendable {
  /// Which columns say whose report it is, and when it came.
  public struct Columns: Hashable, Sendable {
    /// The trial's name.
    public var trial: String
    /// Completed steps.
    public var step: String
    /// Seconds since the trial's start.
    public var seconds: String

    /// Those of a trace that Attune has written, unless others are named.
    public init(trial: String = "trial", step: String = "step", seconds: String = "seconds") {
      self.trial = trial
      self.step = step
      self.seconds = seconds
    }
  }

  /// What becomes of a trial with a fault: a step that stands twice, seconds that do not ascend, a cell that holds no number.
  public enum Faults: Sendable {
    /// The first one is thrown.
    case refused
    /// The trial is left out, and `Trace.leftOut` says why.
    case leftOut
  }

  /// The columns that are no metrics.
  public var columns: Columns
  /// The metrics to read; `nil` for every other column whose cells are numbers or empty.
  public var metrics: [String]?
  /// What becomes of a trial with a fault.
  public var faults: Faults
  /// Whether steps may be missing where the others of their trial come at regular distances. Those at the end are never missed.
  public var allowsGaps: Bool

  /// A reader.
  public init(columns: Columns = Columns(), metrics: [String]? = nil, faults: Faults = .refused, allowsGaps: Bool = false) {
    self.columns = columns
    self.metrics = metrics
    self.faults = faults
    self.allowsGaps = allowsGaps
  }

  /// Reads a file.
  /// - Throws: `TraceError`.
  public func read(file path: String) throws(TraceError) -> Trace {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw TraceError(file: path, .unreadable(error.localizedDescription))
    }
    guard let text = String(validating: data, as: UTF8.self) else { throw TraceError(file: path, .unreadable("it is not UTF-8")) }
    return try read(text, name: path)
  }

  /// Reads a trace. Reports of different trials may be mixed.
  /// - Parameter name: what errors call it.
  /// - Throws: what makes the whole unreadable; with `faults: .refused` the first fault of a trial, too.
  /// - Complexity: O(characters).
  public func read(_ text: String, name: String) throws(TraceError) -> Trace {
    var rows = CommaSeparated(text)
    guard rows.advance() else { throw TraceError(file: name, .empty) }
    let head = try TraceHead(rows.cells.map(rows.text), reader: self, file: name, line: rows.line)
    var table = TraceTable(head, allowsGaps: allowsGaps, file: name)
    while rows.advance() { try table.add(rows) }
    let trace = table.trace(strictMetrics: metrics != nil)
    if faults == .refused, let fault = trace.leftOut.min(by: { ($0.line ?? 0) < ($1.line ?? 0) }) { throw fault }
    guard !trace.trials.isEmpty else { throw trace.leftOut.first ?? TraceError(file: name, .noReports) }
    return trace
  }
}

/// Where the columns stand that are read.
struct TraceHead {
  let columns: TraceReader.Columns
  let count: Int
  let trial: Int
  let step: Int
  let seconds: Int
  let metrics: [(name: String, index: Int)]

  init(_ names: [String], reader: TraceReader, file: String, line: Int) throws(TraceError) {
    func place(_ name: String) throws(TraceError) -> Int {
      guard let index = names.firstIndex(of: name) else {
        throw TraceError(file: file, line: line, .unknownColumn(name: name, known: names))
      }
      guard names.lastIndex(of: name) == index else { throw TraceError(file: file, line: line, .repeatedColumn(name: name)) }
      return index
    }
    columns = reader.columns
    count = names.count
    let own = [columns.trial, columns.step, columns.seconds]
    (trial, step, seconds) = (try place(own[0]), try place(own[1]), try place(own[2]))
    let others = names.filter { !own.contains($0) }
    var found: [(name: String, index: Int)] = []
    for metric in reader.metrics ?? others {
      guard others.contains(metric) else { throw TraceError(file: file, line: line, .unknownMetric(name: metric, known: others)) }
      found.append((metric, try place(metric)))
    }
    metrics = found
  }
}
