import Testing

/// Words that must not stand in some rooms.
@Suite struct WordTests {
  /// Rooms whose code must answer twice the same when asked twice the same.
  static let deterministicRooms = [
    "AttuneValues", "AttuneMath", "AttuneCore", "AttuneProposers", "AttuneSchedulers", "AttuneEffects",
    "AttuneImportance", "AttuneTraces", "AttuneSimulator",
  ]

  @Test func librariesNeitherPrintNorExitNorTrap() {
    let libraries = SourceTree.here.rooms(Manifest.here.targets.filter { $0.kind == .library }.map(\.name))
    #expect(!libraries.isEmpty)
    judge(
      .forbiddenWord,
      places(
        of: ["try!", "fatalError(", "print(", "exit(", "abort("], in: libraries,
        "a library throws what the world does wrong, and 'precondition's what its caller does wrong"))
  }

  @Test func theCoreReadsNoClockAndDrawsNoGlobalNumbers() {
    let machine = SourceTree.here.rooms(["AttuneEngine"]).filter { $0.baseName.contains("Machine") }
    let clocks = ["Date()", ".now", "time(", "gettimeofday", "clock_gettime", "ContinuousClock", "SuspendingClock", "DispatchTime"]
    let randomness = ["SystemRandomNumberGenerator", "arc4random", "UUID()", "drand48", "rand("]
    let files = SourceTree.here.rooms(Self.deterministicRooms) + machine
    judge(
      .clockOrRandomness,
      places(of: clocks + randomness, in: files, "time comes in with an event, random numbers from a stream that the caller hands over")
        + files.flatMap(unownedDraws))
  }

  @Test func nothingIsLeftUnfinished() {
    let markers = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    let written = SourceTree.here.files.filter { !$0.isGenerated }
    judge(
      .unfinished,
      written.flatMap { file in
        hits(of: markers, in: file.path, file.lines).map {
          Violation(file.path, $0.line, "'\($0.word)': finish it, or write an issue")
        }
      })
  }

  @Test func testsDoNotSleep() {
    let words = ["sleep(", "usleep(", "nanosleep("]
    let python = SourceTree.here.files.filter { file in
      file.path.hasSuffix(".py") && (file.path.contains("/tests/") || file.baseName.hasPrefix("test_"))
    }
    judge(
      .sleepInTest,
      places(of: words, in: SourceTree.here.swift(below: "Tests"), "wait for an event with a deadline")
        + python.flatMap { file in
          hits(of: ["time.sleep("], in: file.path, file.lines).map { Violation(file.path, $0.line, "wait for an event with a deadline") }
        })
  }

  /// Calls such as `Double.random(in: 0...1)` and `shuffled()` that take the process's own generator.
  private func unownedDraws(in file: SourceFile) -> [Violation] {
    file.code.indices.compactMap { index in
      let statement = file.code[index...].prefix(3).joined(separator: " ")
      let draws = [".random(", ".randomElement(", ".shuffled(", ".shuffle("].filter { file.code[index].contains($0) }
      guard let draw = draws.first, !statement.contains("using:") else { return nil }
      return Violation(file.path, index + 1, "'\(draw)' without 'using:'; random numbers come from a stream that the caller hands over")
    }
  }

  private func places(of words: [String], in files: [SourceFile], _ allowed: String) -> [Violation] {
    files.flatMap { file in
      hits(of: words, in: file.path, file.code).map { Violation(file.path, $0.line, "'\($0.word)': \(allowed)") }
    }
  }
}

/// Where whole words stand: `print(` is found in `print(x)` and `Swift.print(x)`, not in `reprint(x)`.
func hits(of words: [String], in path: String, _ lines: [String]) -> [(line: Int, word: String)] {
  lines.enumerated().flatMap { number, line in
    let bytes = Array(line.utf8)
    return words.filter { holds(bytes, Array($0.utf8)) }.map { (number + 1, $0) }
  }
}

private func holds(_ line: [UInt8], _ word: [UInt8]) -> Bool {
  guard let first = word.first, let last = word.last, line.count >= word.count else { return false }
  return (0...(line.count - word.count)).contains { start in
    guard line[start] == first, line[start..<(start + word.count)].elementsEqual(word) else { return false }
    let joinsBefore = first.isNamePart && start > 0 && line[start - 1].isNamePart
    let end = start + word.count
    return !joinsBefore && !(last.isNamePart && end < line.count && line[end].isNamePart)
  }
}
