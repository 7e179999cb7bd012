#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends the process: something was above its limit, or was not understood.
public func exitFailing() -> Never { exit(1) }

/// Processor time of the calling thread.
public func threadNanoseconds() -> Double { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

/// The machine's monotonic clock: the same for all processes.
public func monotonicNanoseconds() -> Double { nanoseconds(of: CLOCK_MONOTONIC) }

/// One line on standard output, at once.
public func say(_ line: String) {
  print(line)
  fflush(nil)
}

/// Waits, on the calling thread, until whoever holds the other end of standard input lets go of it.
public func waitForEndOfInput() {
  while readLine() != nil {}
}

/// The most memory that this process ever had, in MiB; `nil` where /proc does not tell.
public func peakMegabytes() -> Double? {
  guard let file = fopen("/proc/self/status", "r") else { return nil }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if text.hasPrefix("VmHWM:") { return text.split { " \t\n".contains($0) }.dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 } }
  }
  return nil
}

/// This process.
public var processID: Int { Int(getpid()) }

private func nanoseconds(of clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// What a file holds; `nil` when it cannot be read.
public func text(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
  return String(decoding: bytes, as: UTF8.self)
}

/// Three significant digits, and all of a whole number.
public func short(_ value: Double) -> String {
  if value.rounded() == value, abs(value) < 1e9 { return "\(Int(value))" }
  var buffer = [CChar](repeating: 0, count: 32)
  _ = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.3g", $0) }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
