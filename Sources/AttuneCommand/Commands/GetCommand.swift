import ArgumentParser
import AttuneValues
import AttuneWire

struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "get", abstract: "Prints live values of a running program.")

  @Argument(help: "Tags (default: all).")
  var tags: [String] = []
  @OptionGroup var target: TargetOptions
  @OptionGroup var output: JSONOption

  func run() async throws {
    let connection = try target.connect()
    if output.isJSON || !tags.isEmpty {
      let members: [String: JSON] = tags.isEmpty ? [:] : ["tags": .array(tags.map(JSON.string))]
      let values = try connection.request(LiveMethod.getVariables, members)["values"]?.object ?? [:]
      if output.isJSON { return print(JSON.object(values).text) }
      for tag in tags { print(tags.count == 1 ? text(values[tag]) : "\(tag)=\(text(values[tag]))") }
      return
    }
    let answer = try connection.request(LiveMethod.listVariables)
    let declaration: Declaration
    do { declaration = try Declaration(json: answer) } catch { throw Failure(.unreachable, error.message) }
    print(
      Table.text(
        ["variable", "value", "allowed", "unit", ""],
        declaration.variables.map { variable in
          let descriptor = variable.descriptor
          return [descriptor.tag, "\(variable.value)", descriptor.allowed, descriptor.unit ?? "", descriptor.help ?? ""]
        }))
    if !declaration.triggers.isEmpty { print("triggers: \(declaration.triggers.joined(separator: ", "))") }
  }

  private func text(_ value: JSON?) -> String { value.flatMap(Value.init(json:))?.description ?? "" }
}
