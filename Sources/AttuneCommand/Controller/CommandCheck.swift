import AttuneCore
import Foundation

/// Looks for a job's program before the first trial does.
enum CommandCheck {
  /// The job with its program as the path that is found now: `resume` from another shell, with another PATH, runs the same program.
  static func resolved(_ job: Job) -> Job {
    guard let program = job.command.first, !program.contains("/"), !program.contains("{") else { return job }
    guard let path = candidates(for: program, job).first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else { return job }
    var job = job
    job.command[0] = path
    return job
  }

  /// - Returns: the file's key that is wrong, and what is wrong with it; `nil` when the program is there.
  static func problem(with job: Job) -> (key: String, complaint: String)? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: job.directory, isDirectory: &isFolder), isFolder.boolValue else {
      return ("directory", "'\(job.directory)' is no folder; the trials are to run there")
    }
    guard let program = job.command.first, !program.isEmpty else {
      return (
        "command",
        "missing; expected a list of words, e.g. [python3, train.py, \"{config}\"]. Without it, `attune ask` gives the trials out"
      )
    }
    // A program that is itself a parameter is known only trial by trial.
    if program.contains("{") { return nil }
    let candidates = candidates(for: program, job)
    if candidates.contains(where: { FileManager.default.isExecutableFile(atPath: $0) }) { return nil }
    if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      return ("command", "'\(found)' is not executable; `chmod +x \(found)` makes it so")
    }
    return (
      "command", "there is no program '\(program)' " + (program.contains("/") ? "in \(job.directory)" : "on the PATH (\(searchPath(job)))")
    )
  }

  private static func candidates(for program: String, _ job: Job) -> [String] {
    if program.contains("/") { return [absolute(program, in: job.directory)] }
    return searchPath(job).split(separator: ":").map { "\($0)/\(program)" }
  }

  private static func searchPath(_ job: Job) -> String {
    job.environment["PATH"] ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
  }

  private static func absolute(_ program: String, in directory: String) -> String {
    program.hasPrefix("/") ? program : URL(filePath: directory).appending(path: program).standardizedFileURL.path
  }
}
