import ArgumentParser
import AttuneValues

/// What a trigger brings along.
struct PayloadOption: ParsableArguments {
  @Option(help: "What the trigger brings along: JSON of at most 64 KiB.")
  var payload: String?

  /// - Throws: `Failure` when it is no JSON.
  func added(to members: [String: JSON]) throws -> [String: JSON] {
    guard let payload else { return members }
    var members = members
    do { members["payload"] = try JSON(parsing: payload) } catch {
      throw Failure(.badInput, "--payload '\(payload.prefix(60))' is no JSON; text needs quotes of its own. Nothing was fired")
    }
    return members
  }
}
