import AttuneValues

/// What `attune tell` does.
struct TellingOnce {
  let experiment: String
  let trial: Int
  /// Metrics, `NAME=NUMBER`.
  var metrics: [String] = []
  var step: Int?
  var isDone = false
  var hasFailed = false
  var reason: String?
  /// `--store`.
  var store: String?
  var isJSON = false

  func run() async throws {
    let parameters = try parameters
    let workspace = Workspace(store, isBrief: true)
    let (store, record) = try workspace.open(experiment)
    let desk = try await TrialDesk.open(record, in: store, workspace)
    do {
      let answer = try await desk.request(ControlMethod.tell, parameters)
      try await desk.close()
      print(isJSON ? answer.text : answer["state"]?.string ?? "")
    } catch {
      try await desk.close()
      throw error
    }
    Asking.leave()
  }

  private var parameters: JSON {
    get throws {
      var told: [String: JSON] = [:]
      for (name, text) in try Assignment.read(metrics) {
        guard let number = Double(text) else {
          throw Failure(.badInput, "'\(name)=\(text)' is no metric; expected NAME=NUMBER, e.g. loss=0.3. Nothing was recorded")
        }
        told[name] = .number(number)
      }
      var parameters: [String: JSON] = ["trial": .int(trial), "metrics": .object(told)]
      if let step { parameters["step"] = .int(step) }
      if isDone { parameters["done"] = true }
      if hasFailed { parameters["failed"] = true }
      if let reason { parameters["reason"] = .string(reason) }
      return .object(parameters)
    }
  }
}

extension TellingOnce {
  /// The plain forms, read by hand; see `Asking`.
  /// - Returns: `nil` for any other form, and for mistakes, which the parser explains.
  init?(quick words: ArraySlice<String>) {
    var words = words
    guard let experiment = words.popFirst(), !experiment.hasPrefix("-"), !experiment.isEmpty,
      let trial = words.popFirst().flatMap({ Int($0) })
    else { return nil }
    self.init(experiment: experiment, trial: trial)
    while let word = words.popFirst() {
      switch word {
      case "--json": isJSON = true
      case "--step":
        guard step == nil, let number = words.popFirst().flatMap({ Int($0) }), number >= 1 else { return nil }
        step = number
      case "--store":
        guard let folder = words.popFirst(), !folder.hasPrefix("-") else { return nil }
        store = folder
      default:
        guard !word.hasPrefix("-") else { return nil }
        metrics.append(word)
      }
    }
  }
}
