import ArgumentParser
import AttuneValues
import AttuneWire
import Foundation

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Prints reports and changes of a running program, or of all trials of an experiment, as they come.")

  @OptionGroup var target: TargetOptions
  @Option(help: "End after this many lines.")
  var lines: Int?
  @OptionGroup var output: JSONOption

  func run() async throws {
    let connection = try target.connect()
    var printed = 0
    var waiting: [(method: String, parameters: JSON)] = []
    let keep: WireClient.NotificationHandler = { waiting.append(($0, $1)) }
    _ = try connection.request(LiveMethod.subscribeToReports, ["from": 1], onNotification: keep)
    _ = try connection.request(LiveMethod.subscribeToChanges, ["from": 1], onNotification: keep)
    while true {
      for notice in waiting {
        printed += show(notice.method, notice.parameters)
        if let lines, printed >= lines { return }
      }
      do throws(WireError) {
        waiting = [try connection.client.notification(within: .seconds(3600))]
      } catch {
        switch error {
        case .timedOut: waiting = []
        case .hungUp: return
        default: throw Failure(error)
        }
      }
    }
  }

  private func show(_ method: String, _ parameters: JSON) -> Int {
    if output.isJSON {
      Self.line((JSON.object((parameters.object ?? [:]).merging(["event": .string(method)]) { _, new in new })).text)
      return 1
    }
    let trial = parameters["trial"]?.int.map { "trial \($0)  " } ?? ""
    let step = parameters["step"]?.int ?? 0
    switch method {
    case LiveMethod.reported: Self.line("\(trial)step \(step)  \(words(parameters["metrics"]))")
    case LiveMethod.changed:
      let what = parameters["trigger"]?.string.map { "\($0) fired" } ?? words(parameters["values"])
      Self.line("\(trial)after step \(step): \(what), by \(parameters["by"]?.string ?? "")")
    case ControlMethod.refused: Self.line("\(trial)refused: \(parameters["message"]?.string ?? "")")
    default: return 0
    }
    return 1
  }

  /// At once, also into a pipe.
  private static func line(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

  private func words(_ members: JSON?) -> String {
    (members?.object ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\(Value(json: $0.value)?.description ?? "")" }.joined(
      separator: " ")
  }
}
