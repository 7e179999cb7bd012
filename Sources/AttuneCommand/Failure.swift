import ArgumentParser
import Foundation

/// How the command ends when something is wrong. The numbers are documented in `Docs/CommandLine.md`.
enum Status: Int32 {
  case failed = 1
  case badInput = 2
  case unknown = 3
  case refused = 4
  case unreachable = 5
  case timedOut = 6
  case interrupted = 130
}

/// A message for a person and the exit status that goes with it.
struct Failure: Error, CustomStringConvertible {
  let status: Status
  let description: String
  /// Another process has the experiment now.
  let isHeld: Bool

  init(_ status: Status, _ description: String, isHeld: Bool = false) {
    self.isHeld = isHeld
    self.status = status
    self.description = description
  }
}

extension Failure {
  /// Prints what went wrong on standard error and ends the process with the status that fits.
  static func exit(with error: any Error) -> Never {
    switch error {
    case let failure as Failure:
      if !failure.description.isEmpty { complain("attune: \(failure.description)") }
      Foundation.exit(failure.status.rawValue)
    case let code as ExitCode: Foundation.exit(code.rawValue)
    default:
      let status = AttuneCommand.exitCode(for: error)
      guard status != .success else { AttuneCommand.exit(withError: error) }
      complain(status == .validationFailure ? AttuneCommand.fullMessage(for: error) : "attune: \(error)")
      Foundation.exit(status == .validationFailure ? Status.badInput.rawValue : Status.failed.rawValue)
    }
  }

  /// A line on standard error.
  static func complain(_ message: String) { FileHandle.standardError.write(Data((message + "\n").utf8)) }
}
