import ArgumentParser
import AttuneValues
import AttuneWire

struct PsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ps", abstract: "Lists the programs of this user that can be tuned: running trials, and programs that run by themselves.")

  @OptionGroup var output: JSONOption

  func run() async throws {
    var programs: [JSON] = []
    for entry in RuntimeDirectory.existing().flatMap({ $0.sweep() }) {
      // A program that ends or hangs while it is asked is shown without its variables.
      switch entry.owner {
      case .experiment: programs += (try? trials(at: entry.address)) ?? []
      case .program(let name, let pid): programs.append(program(at: entry.address, name: name, pid: pid))
      }
    }
    if output.isJSON { return print(JSON.array(programs).text) }
    guard !programs.isEmpty else { return print("no program with live variables runs") }
    print(Table.text(["program", "pid", "step", "variables"], programs.map(row)))
  }

  private func trials(at address: SocketAddress) throws -> [JSON] {
    let client = try WireClient(dialing: address)
    let experiment = try client.request(LiveMethod.hello)["name"] ?? .null
    return (try client.request(ControlMethod.listPrograms).array ?? []).map { program in
      var members = program.object ?? [:]
      members["experiment"] = experiment
      return .object(members)
    }
  }

  private func program(at address: SocketAddress, name: String, pid: Int) -> JSON {
    var members: [String: JSON] = ["name": .string(name), "pid": .int(pid), "socket": .string("\(address)")]
    do {
      let client = try WireClient(dialing: address)
      members["step"] = try client.request(LiveMethod.hello, within: .seconds(1))["step"]
      members.merge(try client.request(LiveMethod.listVariables, within: .seconds(1)).object ?? [:]) { _, new in new }
    } catch {
      members["problem"] = .string(error.description)
    }
    return .object(members)
  }

  private func row(_ program: JSON) -> [String] {
    let values = (program["variables"]?.array ?? []).compactMap { variable -> String? in
      guard let tag = variable["tag"]?.string, let value = variable["value"].flatMap(Value.init(json:)) else { return nil }
      return "\(tag)=\(value)"
    }
    let name = program["experiment"]?.string.map { "\($0) trial \(program["trial"]?.int ?? 0)" } ?? program["name"]?.string ?? ""
    let problem = program["problem"]?.string ?? (values.isEmpty ? "(no live variables)" : "")
    return [
      name, program["pid"]?.int.map(String.init) ?? "–", program["step"]?.int.map(String.init) ?? "–",
      values.isEmpty ? problem : values.joined(separator: " "),
    ]
  }
}
