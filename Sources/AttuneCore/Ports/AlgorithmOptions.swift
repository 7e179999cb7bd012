import AttuneValues

/// What is wrong with an algorithm's name or options.
public enum AlgorithmError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(kind: String, name: String, known: [String])
  case unknownOption(algorithm: String, option: String, known: [String])
  case badOption(algorithm: String, option: String, value: Value, allowed: String)
  case missingOption(algorithm: String, option: String, allowed: String)

  /// One line: the thing, what arrived, what is allowed.
  public var description: String {
    switch self {
    case .unknown(let kind, let name, let known):
      "\(kind) '\(name)' is not known\(Nearest.match(name, among: known).map { ". Did you mean '\($0)'?" } ?? ""); known: \(known.joined(separator: ", "))"
    case .unknownOption(let algorithm, let option, let known):
      known.isEmpty
        ? "'\(algorithm)' takes no options; got '\(option)'"
        : "'\(algorithm)' has no option '\(option)'" + Nearest.hint(option, among: known)
    case .badOption(let algorithm, let option, let value, let allowed):
      "option '\(option)' of '\(algorithm)': \(value) refused; allowed: \(allowed)"
    case .missingOption(let algorithm, let option, let allowed):
      "'\(algorithm)' needs the option '\(option)': \(allowed)"
    }
  }
}

/// Reads an algorithm's options once, at the border: each is taken by name, and what is left at the end is an error.
public struct AlgorithmOptions {
  private let choice: AlgorithmChoice
  private let directory: String?
  private var known: [String] = []

  /// The options of a choice.
  /// - Parameter directory: where paths begin that are not absolute; `nil` for the process's own.
  public init(_ choice: AlgorithmChoice, directory: String? = nil) {
    self.choice = choice
    self.directory = directory
  }

  /// The word of the algorithm.
  public var algorithm: String { choice.name }

  /// An integer in `allowed`, or `fallback` when it is not given.
  public mutating func int(_ name: String, default fallback: Int, in allowed: ClosedRange<Int>) throws(AlgorithmError) -> Int {
    known.append(name)
    guard let value = choice.options[name] else { return fallback }
    guard let integer = value.number.flatMap({ Int(exactly: $0) }), allowed.contains(integer) else {
      throw .badOption(
        algorithm: choice.name, option: name, value: value, allowed: "an integer in \(allowed.lowerBound)...\(allowed.upperBound)")
    }
    return integer
  }

  /// A number in `allowed`, or `fallback` when it is not given.
  public mutating func number(_ name: String, default fallback: Double, in allowed: ClosedRange<Double>) throws(AlgorithmError) -> Double {
    known.append(name)
    guard let value = choice.options[name] else { return fallback }
    guard let number = value.number, allowed.contains(number) else {
      throw .badOption(
        algorithm: choice.name, option: name, value: value, allowed: "a number in \(allowed.lowerBound)...\(allowed.upperBound)")
    }
    return number
  }

  /// An integer in `allowed`, or `nil` when it is not given.
  public mutating func int(_ name: String, in allowed: ClosedRange<Int>) throws(AlgorithmError) -> Int? {
    choice.options[name] == nil ? skip(name) : try int(name, default: 0, in: allowed)
  }

  /// A number in `allowed`, or `nil` when it is not given.
  public mutating func number(_ name: String, in allowed: ClosedRange<Double>) throws(AlgorithmError) -> Double? {
    choice.options[name] == nil ? skip(name) : try number(name, default: 0, in: allowed)
  }

  /// Two numbers as a text, `LOW..HIGH`, of which the first is less; `nil` when it is not given.
  public mutating func range(_ name: String) throws(AlgorithmError) -> ClosedRange<Double>? {
    known.append(name)
    guard let value = choice.options[name] else { return nil }
    let ends = value.description.split(separator: "..", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low < high, (high - low).isFinite else {
      throw .badOption(algorithm: choice.name, option: name, value: value, allowed: "two numbers LOW..HIGH, e.g. -500..300")
    }
    return low...high
  }

  /// Names in one text, separated by commas; `nil` when it is not given.
  public mutating func names(_ name: String) throws(AlgorithmError) -> [String]? {
    known.append(name)
    guard let value = choice.options[name] else { return nil }
    let names = value.description.split(separator: ",").map { $0.drop { $0 == " " } }.map { $0.reversed().drop { $0 == " " }.reversed() }
    guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
      throw .badOption(algorithm: choice.name, option: name, value: value, allowed: "names separated by commas")
    }
    return names.map { String($0) }
  }

  /// One of those words, or `fallback` when it is not given.
  public mutating func word(_ name: String, default fallback: String, among allowed: [String]) throws(AlgorithmError) -> String {
    known.append(name)
    guard let value = choice.options[name] else { return fallback }
    guard case .string(let word) = value, allowed.contains(word) else {
      throw .badOption(algorithm: choice.name, option: name, value: value, allowed: allowed.joined(separator: ", "))
    }
    return word
  }

  /// One of the cases of a type by its word, or `fallback` when it is not given.
  public mutating func word<Word>(_ name: String, default fallback: Word) throws(AlgorithmError) -> Word
  where Word: RawRepresentable<String> & CaseIterable {
    known.append(name)
    guard let value = choice.options[name] else { return fallback }
    guard case .string(let text) = value, let word = Word(rawValue: text) else {
      throw .badOption(
        algorithm: choice.name, option: name, value: value, allowed: Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  /// True or false, or `fallback` when it is not given.
  public mutating func flag(_ name: String, default fallback: Bool) throws(AlgorithmError) -> Bool {
    known.append(name)
    guard let value = choice.options[name] else { return fallback }
    guard case .bool(let flag) = value else {
      throw .badOption(algorithm: choice.name, option: name, value: value, allowed: "true, false")
    }
    return flag
  }

  /// The path of a file, which has to be given.
  public mutating func path(_ name: String) throws(AlgorithmError) -> String {
    known.append(name)
    guard let value = choice.options[name] else {
      throw .missingOption(algorithm: choice.name, option: name, allowed: "the path of a file")
    }
    guard case .string(let path) = value, !path.isEmpty else {
      throw .badOption(algorithm: choice.name, option: name, value: value, allowed: "the path of a file")
    }
    guard let directory, !path.hasPrefix("/") else { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
  }

  /// An option that exists and was not given.
  private mutating func skip<Missing>(_ name: String) -> Missing? {
    known.append(name)
    return nil
  }

  /// - Throws: `AlgorithmError.unknownOption` when an option was given that nobody took.
  public func finish() throws(AlgorithmError) {
    guard let unknown = choice.options.keys.sorted().first(where: { !known.contains($0) }) else { return }
    throw .unknownOption(algorithm: choice.name, option: unknown, known: known)
  }
}
