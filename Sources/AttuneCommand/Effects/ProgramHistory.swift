import AttuneCore
import AttuneStore
import AttuneValues
import AttuneWire

/// What a program that runs by itself has kept of its own way, asked over its socket.
struct ProgramHistory {
  /// The answer to `hello`.
  let greeting: JSON
  let curve: Curve
  let changes: [Change]
  /// Reports that the program does not have any more.
  let forgotten: Int

  /// - Throws: `Failure` when it does not answer.
  init(_ target: Target) throws {
    greeting = try target.request(LiveMethod.hello)
    let (first, reports) = try Self.all(LiveMethod.subscribeToReports, LiveMethod.reported, of: target)
    forgotten = first - 1
    let changes = try Self.all(LiveMethod.subscribeToChanges, LiveMethod.changed, of: target).notices
    curve = Curve(
      reports.compactMap { try? ReportNotice(json: $0) }.map { report in
        TrialRecord.ReportRow(attempt: 1, Report(step: report.step, metrics: report.metrics, elapsed: report.elapsed))
      })
    self.changes = changes.compactMap { notice in
      (try? ChangeNotice(json: notice)).map { change in
        Change(
          number: change.number, step: change.step, values: change.values, trigger: change.trigger, by: change.by,
          reason: change.reason, isImmediate: notice["immediate"]?.bool ?? false)
      }
    }
  }

  /// For a person: `program 'train'`.
  var name: String { "program '\(greeting["name"]?.string ?? "")'" }

  /// Everything that is kept, up to what there was when it was asked, and the number of the first of it.
  private static func all(_ method: String, _ wanted: String, of target: Target) throws -> (first: Int, notices: [JSON]) {
    var notices: [JSON] = []
    let answer = try target.request(method, ["from": 1]) { name, notice in if name == wanted { notices.append(notice) } }
    let last = answer["last"]?.int ?? 0
    while notices.last?["n"]?.int ?? 0 < last {
      do throws(WireError) {
        let next = try target.client.notification(within: .seconds(5))
        if next.method == wanted { notices.append(next.parameters) }
      } catch {
        throw Failure(error)
      }
    }
    return (answer["from"]?.int ?? 1, notices)
  }
}
