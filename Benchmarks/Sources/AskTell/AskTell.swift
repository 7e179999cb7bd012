import AttuneProposers
import AttuneTesting
import AttuneValues
import System

/// `AskTellSession` behind lines on standard input and output; `{"catalog": true}` as the first line asks for the proposers there are.
@main struct AskTell {
  static func main() {
    do {
      guard let first = try readLine().map({ try JSON(parsing: $0) }) else { return }
      if first["catalog"] != nil { return say(JSON.object(["proposers": .array(ProposerCatalog.names.map { .string($0) })]).text) }
      var session = try AskTellSession(
        first, make: { try ProposerCatalog.make($0) }, processorSeconds: { threadNanoseconds() * 1e-9 })
      while let line = readLine() {
        if let answer = try session.answer(JSON(parsing: line)) { say(answer.text) }
      }
    } catch {
      say(JSON.object(["error": .string("\(error)")]).text)
      exitFailing()
    }
  }
}
