import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `snapshot.json`, beside the images: what must be known to bring the processes back.
struct SnapshotRecord {
  /// The command's.
  let process: pid_t
  /// Where its output and errors went, without links in the path: CRIU knows files by that.
  let output: String
  let errors: String

  init(process: pid_t, output: String, errors: String) {
    self.process = process
    self.output = Self.resolved(output)
    self.errors = Self.resolved(errors)
  }

  /// `nil` when it is missing or is no such record.
  init?(readingFrom folder: String) {
    guard let document = try? JSON(parsing: smallText(of: "\(folder)/snapshot.json")), let process = document["process"]?.int,
      let output = document["output"]?.string, let errors = document["errors"]?.string
    else { return nil }
    (self.process, self.output, self.errors) = (pid_t(truncatingIfNeeded: process), output, errors)
  }

  /// - Returns: whether it is on the disk.
  func write(to folder: String) -> Bool {
    let document: JSON = ["process": .int(Int(process)), "output": .string(output), "errors": .string(errors)]
    let bytes = Array(document.text.utf8)
    let file = open("\(folder)/snapshot.json", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    return systemWrite(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
  }

  private static func resolved(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }
}

/// The beginning of a text file, 64 kB of it; empty when it cannot be read.
func smallText(of path: String) -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return "" }
  defer { close(file) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = read(file, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

// `SnapshotRecord.write` hides the system's.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int { write(file, bytes, count) }
