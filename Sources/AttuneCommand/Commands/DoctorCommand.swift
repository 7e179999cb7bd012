import ArgumentParser
import AttuneStore
import AttuneValues
import AttuneWire
import Foundation

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Says what is installed and works, what is missing, and the command that installs it.")

  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let findings = [supervisor, runtimeDirectory, store, python, client, snapshots, cores]
    if output.isJSON {
      print(JSON.array(findings.map(\.json)).text)
    } else {
      print(Table.text(["", "part", "finding"], findings.map { [$0.isGood ? "ok" : $0.isNeeded ? "MISSING" : "–", $0.part, $0.text] }))
    }
    if findings.contains(where: { $0.isNeeded && !$0.isGood }) { throw ExitCode(Status.failed.rawValue) }
  }

  private var supervisor: Finding {
    let path = URL(filePath: AgentCommand.executablePath).deletingLastPathComponent().appending(path: "attune-supervise").path
    let isThere = FileManager.default.isExecutableFile(atPath: path)
    return Finding(
      "supervisor", isNeeded: true, isGood: isThere,
      isThere ? path : "\(path) is missing; `swift build --product attune-supervise` makes it")
  }

  private var runtimeDirectory: Finding {
    do {
      return Finding("runtime directory", isNeeded: true, isGood: true, try RuntimeDirectory().path)
    } catch {
      return Finding("runtime directory", isNeeded: true, isGood: false, "\(error)")
    }
  }

  private var store: Finding {
    do {
      let store = try place.workspace.existingStore()
      return Finding("store", isNeeded: true, isGood: true, "\(store.path), \(try store.experiments().count) experiments")
    } catch {
      if case .missing(let path) = error { return Finding("store", isNeeded: true, isGood: true, "none yet; the first run makes \(path)") }
      return Finding("store", isNeeded: true, isGood: false, error.description)
    }
  }

  private var python: Finding {
    let version = Self.output(of: ["python3", "--version"])
    return Finding(
      "python3", isNeeded: false, isGood: version != nil, version ?? "not found; only Python scripts need it: apt-get install python3")
  }

  private var client: Finding {
    let path = Self.output(of: ["python3", "-c", "import attune; print(attune.__file__)"])
    return Finding(
      "Python client", isNeeded: false, isGood: path != nil,
      path ?? "`import attune` fails; reports by stdout work without it. From the repository: python3 -m pip install ./Python")
  }

  private var snapshots: Finding {
    let trial = SnapshotTrial.run()
    return Finding("criu", isNeeded: false, isGood: trial.isGood, trial.text)
  }

  private var cores: Finding {
    let count = ProcessInfo.processInfo.activeProcessorCount
    return Finding("cores", isNeeded: false, isGood: true, "\(count): room for \(count) local slots")
  }

  /// The first line a command prints; `nil` when it fails.
  private static func output(of command: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}

/// What the doctor found of one part.
private struct Finding {
  let part: String
  let isNeeded: Bool
  let isGood: Bool
  let text: String

  init(_ part: String, isNeeded: Bool, isGood: Bool, _ text: String) {
    self.part = part
    self.isNeeded = isNeeded
    self.isGood = isGood
    self.text = text
  }

  var json: JSON { ["part": .string(part), "needed": .bool(isNeeded), "good": .bool(isGood), "finding": .string(text)] }
}
