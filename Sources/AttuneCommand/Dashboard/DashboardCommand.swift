import ArgumentParser
import AttuneDashboard
import AttuneValues
import Foundation

struct DashboardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "Serves a page to watch and steer the experiments of this folder.",
    discussion: "It prints the address to open. The address holds a secret; who has it may do what its owner may.")

  @Option(help: "The port (default: any that is free).")
  var port = 0
  @Option(help: "Let another person in: prints their address. The role is --role.")
  var addUser: String?
  @Option(help: "What that person may do: viewer (look), tuner (and change live values), owner (and stop, suspend, add).")
  var role = "viewer"
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let workspace = place.workspace
    let source = try StoreSource(workspace)
    let accounts = DashboardAccounts(workspace)
    guard let role = DashboardRole(rawValue: role) else {
      throw Failure(.badInput, "--role is viewer, tuner or owner; got '\(role)'. Nothing was started")
    }
    let mine = try accounts.all(owner: Person.name)
    let added = try addUser.map { try accounts.add(user: $0, role: role) }
    do {
      let server = DashboardServer(
        source: source, steering: ControllerSteering(workspace: workspace), page: try PageFiles(folder: try PageFolder.find()),
        options: .init(port: port, accounts: try accounts.all(owner: Person.name)))
      let shown = added ?? mine.first { $0.user == Person.name } ?? mine[0]
      try await server.run { [isJSON = output.isJSON] port in
        let address = "http://127.0.0.1:\(port)/#token=\(shown.token ?? "")"
        print(
          isJSON
            ? (["address": .string(address), "port": .int(port), "user": .string(shown.user)] as JSON).text
            : "the dashboard is at \(address)")
        fflush(nil)
      }
    } catch let error as DashboardError { throw Failure(.failed, error.description) }
  }
}

/// Where the page's files are: beside an installed command, or in the sources that it was built from.
enum PageFolder {
  /// - Throws: `Failure` when they are not installed.
  static func find() throws -> URL {
    var candidates: [URL] = []
    if let given = ProcessInfo.processInfo.environment["ATTUNE_DASHBOARD_PAGE"] { candidates.append(URL(filePath: given)) }
    let command = URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments[0]).resolvingSymlinksInPath()
    candidates.append(command.deletingLastPathComponent().deletingLastPathComponent().appending(path: "share/attune/dashboard"))
    var folder = command.deletingLastPathComponent()
    while folder.path != "/" {
      candidates.append(folder.appending(path: "Sources/AttuneDashboard/Page"))
      folder = folder.deletingLastPathComponent()
    }
    let found = candidates.first { FileManager.default.fileExists(atPath: $0.appending(path: "index.html").path) }
    guard let found else { throw Failure(.failed, "the dashboard's page is not installed; `make install` does it. Nothing was started") }
    return found
  }
}
