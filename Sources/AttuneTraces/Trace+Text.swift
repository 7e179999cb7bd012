extension Trace {
  /// The trace as a file: `trial,step,seconds` and the metrics, a line for each report. Numbers are read back as the same numbers.
  /// - Parameter columns: how the first three are called.
  public func text(columns: TraceReader.Columns = TraceReader.Columns()) -> String {
    var text = ([columns.trial, columns.step, columns.seconds] + metrics).map(Self.quoted).joined(separator: ",") + "\n"
    for trial in trials {
      let name = Self.quoted(trial.name)
      let values = metrics.map { trial.metrics[$0] }
      for (index, step) in trial.steps.enumerated() {
        text += "\(name),\(step),\(trial.seconds[index])"
        for column in values {
          text += ","
          if let value = column?[index], !value.isNaN { text += "\(value)" }
        }
        text += "\n"
      }
    }
    return text
  }

  private static func quoted(_ cell: String) -> String {
    let isPlain = !cell.isEmpty && cell.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") }
    return isPlain ? cell : "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
