import ArgumentParser
import AttuneFiles
import Foundation

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Asks about an experiment and writes its file.",
    discussion: "It looks into the training script for parameters and suggests ranges. Nothing is overwritten without --force.")

  @Argument(help: "The file to write.")
  var file = "experiment.yaml"
  @Flag(help: "Overwrite the file when it is there.")
  var force = false

  func run() async throws {
    let destination = URL(filePath: file).standardizedFileURL
    if !force, FileManager.default.fileExists(atPath: destination.path) {
      throw Failure(.badInput, "\(file) is there already and was left as it is; --force overwrites it, or name another file")
    }
    let folder = destination.deletingLastPathComponent()
    var interview = Interview(name: folder.lastPathComponent, scripts: Self.scripts(in: folder)) { script in
      try? String(contentsOf: URL(filePath: script, relativeTo: folder), encoding: .utf8)
    }
    while let question = interview.next() {
      Self.show("\(question.text)\(question.standard.map { " [\($0)]" } ?? ""): ")
      guard let line = readLine() else { throw Failure(.badInput, "the answers ended before the questions; nothing was written") }
      do { try interview.answer(line) } catch { Self.show("  \(error)\n") }
    }
    guard let text = interview.text(path: destination.path) else {
      throw Failure(.failed, "the answers make no experiment; nothing was written")
    }
    try Self.write(text, to: destination)
    try? Self.write(ExperimentSchema.text, to: folder.appending(path: ExperimentSchema.fileName))
    print("wrote \(file), and \(ExperimentSchema.fileName) for editors\nstart it: attune run \(file)")
  }

  private static func write(_ text: String, to file: URL) throws {
    do { try Data(text.utf8).write(to: file, options: .atomic) } catch {
      throw Failure(.badInput, "\(file.path): cannot be written (\(error.localizedDescription))")
    }
  }

  /// Questions go to standard error, so that they are seen when the answer's output is redirected.
  private static func show(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// Scripts that may be the program: what is called train first.
  private static func scripts(in folder: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let scripts = names.filter { name in [".py", ".sh", ".R", ".jl"].contains { name.hasSuffix($0) } }
    return scripts.sorted { (($0.hasPrefix("train") ? 0 : 1), $0) < (($1.hasPrefix("train") ? 0 : 1), $1) }
  }
}
