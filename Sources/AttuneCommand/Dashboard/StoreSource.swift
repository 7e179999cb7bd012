import AttuneCore
import AttuneDashboard
import AttuneStore
import AttuneValues
import Foundation
import Synchronization

/// What the dashboard shows, read from the store: of experiments that run, and of those that are over.
final class StoreSource: DashboardSource {
  /// Journal entries that are sent one by one to a page that was away; with more it loads the snapshot anew.
  private static let longestAbsence = 20_000

  private let workspace: Workspace
  private let store: Store
  /// An experiment's definition does not change; reading it takes a while.
  private let known = Mutex<[String: ExperimentRecord]>([:])

  /// - Throws: `Failure` where there is no store.
  init(_ workspace: Workspace) throws {
    self.workspace = workspace
    do { store = try workspace.existingStore() } catch { throw Failure(error.status, error.description) }
  }

  func answer(_ question: DashboardQuestion) throws(DashboardError) -> JSON {
    do {
      switch question {
      case .experiments: return try experiments()
      case .snapshot(let name): return try ExperimentDocument(try record(name), in: store, state: state(of:)).json
      case .columns(let name, let names): return try columns(names, of: try record(name))
      case .curves(let name, let query): return try CurveDocument(query).json(of: try record(name), in: store)
      case .trial(let name, let number): return try trial(number, of: try record(name))
      case .log(let name, let trial, let attempt, let isErrors): return try log(of: trial, attempt, isErrors, of: try record(name))
      case .programs(let name): return try programs(of: try record(name))
      }
    } catch let error as DashboardError { throw error } catch let failure as Failure { throw DashboardError(failure) } catch {
      throw DashboardError(.failed, "\(error)")
    }
  }

  func pulse(of experiment: String) throws(DashboardError) -> DashboardPulse {
    let record = try record(experiment)
    let pulse = try asking { () throws(StoreError) in try store.pulse(of: record.id) }
    return DashboardPulse(cursor: pulse.cursor, state: state(record, outcome: pulse.outcome))
  }

  func news(of experiment: String, after cursor: Int) throws(DashboardError) -> DashboardNews? {
    let record = try record(experiment)
    let news = try asking { () throws(StoreError) in try store.news(of: record.id, after: cursor, limit: Self.longestAbsence) }
    let state = try pulse(of: experiment).state
    return news.map { DashboardNews(cursor: $0.cursor, document: NewsDocument($0, state: state).json) }
  }

  private func record(_ name: String) throws(DashboardError) -> ExperimentRecord {
    if let record = known.withLock({ $0[name] }) { return record }
    let record = try asking { () throws(StoreError) in try store.experiment(named: name) }
    known.withLock { $0[name] = record }
    return record
  }

  private func state(of record: ExperimentRecord) -> String {
    state(record, outcome: (try? store.pulse(of: record.id))?.outcome)
  }

  private func state(_ record: ExperimentRecord, outcome: String?) -> String {
    if ControllerLock.isHeld(in: workspace.folder(of: record.name)) { return "running" }
    return outcome ?? Summary.rest(record)
  }

  private func asking<Answer>(_ question: () throws(StoreError) -> Answer) throws(DashboardError) -> Answer {
    do { return try question() } catch {
      throw DashboardError(error.status == .unknown ? .unknown : .failed, error.description)
    }
  }

  private func experiments() throws -> JSON {
    let all = try store.experiments().reversed().map { record -> JSON in
      var members = try Summary(record, in: store, workspace).json.object ?? [:]
      members["name"] = members.removeValue(forKey: "experiment")
      members["goal"] = .string(record.definition.objective.goal.rawValue)
      return .object(members)
    }
    return ["experiments": .array(all)]
  }

  private func columns(_ names: [String], of record: ExperimentRecord) throws -> JSON {
    let parameters = Set(record.definition.space.parameters.map(\.name))
    if let stranger = names.first(where: { !parameters.contains($0) }) {
      throw DashboardError(.unknown, "'\(record.name)' has no parameter '\(stranger)'\(Nearest.hint(stranger, among: parameters.sorted()))")
    }
    let configurations = try store.configurations(of: record.id)
    let columns = names.map { name in (name, JSON.array(configurations.map { $0[name] ?? .null })) }
    return ["columns": .object(Dictionary(columns) { first, _ in first }), "count": .int(configurations.count)]
  }

  private func trial(_ number: Int, of record: ExperimentRecord) throws -> JSON {
    guard let trial = try store.trial(number, of: record) else {
      throw DashboardError(.unknown, "'\(record.name)' has no trial \(number)")
    }
    return TrialDocument(trial, folder: workspace.folder(of: record.name), storePath: store.path, experiment: record.name).json
  }

  private func log(of trial: Int, _ attempt: Int?, _ isErrors: Bool, of record: ExperimentRecord) throws -> JSON {
    guard let row = try store.trial(trial, of: record), let newest = row.attempts.last?.number else {
      throw DashboardError(.unknown, "trial \(trial) of '\(record.name)' has not run")
    }
    let folder = workspace.folder(of: record.name).appending(path: "trials/\(trial)/attempts/\(attempt ?? newest)")
    let file = folder.appending(path: isErrors ? "stderr.log" : "stdout.log")
    guard let handle = try? FileHandle(forReadingFrom: file) else {
      throw DashboardError(.unknown, "there is no output of attempt \(attempt ?? newest) of trial \(trial)")
    }
    defer { try? handle.close() }
    let length = try handle.seekToEnd()
    try handle.seek(toOffset: length > 65_536 ? length - 65_536 : 0)
    return .string(String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self))
  }

  private func programs(of record: ExperimentRecord) throws -> JSON {
    guard let pointer = ControlPointer.read(from: workspace.folder(of: record.name)) else { return ["programs": []] }
    let listed = try Target(client: try TargetOptions.dial(pointer.address), trial: nil).request(ControlMethod.listPrograms)
    return ["programs": .array((listed.array ?? []).map(Self.program))]
  }

  /// Both ends of a range by their own names, as parameters have them.
  private static func program(_ listed: JSON) -> JSON {
    var members = listed.object ?? [:]
    members["variables"] = .array(
      (listed["variables"]?.array ?? []).map { variable in
        var members = variable.object ?? [:]
        let range = members.removeValue(forKey: "range")?.array ?? []
        members["low"] = range.first
        members["high"] = range.dropFirst().first
        return .object(members)
      })
    return .object(members)
  }
}
