import System

/// What `Benchmarks/live.py` measures with: programs that are tuned, and a client that wastes no time of its own.
///
/// `live.py` says which thread runs on which processor. Programs say `ready` and end when their standard input does:
///
///     LiveSpeed spin                    looks at `rate` all the time; at the end says when it saw which value
///     LiveSpeed hold VARIABLES          declares so many variables and waits
///     LiveSpeed compute                 trains, and says what each window of a quarter of a second came to
///
/// A client connects to a program's socket and says what it measured:
///
///     LiveSpeed latency SOCKET COUNT            sets `rate` to 1, 2, 3 …, each after the answer to the one before; when it sent which
///     LiveSpeed pipeline SOCKET COUNT DEPTH     COUNT changes, DEPTH requests at a time: seconds
///     LiveSpeed many SOCKET COUNT VARIABLES     COUNT requests of so many variables each: seconds
///     LiveSpeed single SOCKET COUNT CLIENTS     COUNT changes each by so many clients, each after the answer to its last: seconds
///     LiveSpeed flood SOCKET RATE               so many changes a second, in windows like those: how many there were
@main
struct LiveSpeed {
  /// Nanoseconds of a window of `compute` and `flood`.
  static let window = 0.25e9

  static func main() {
    let words = Array(CommandLine.arguments.dropFirst())
    let numbers = words.compactMap { Int($0) }
    switch (words.first, words.count, numbers.count) {
    case ("spin", 1, _): Programs.spin()
    case ("hold", 2, 1): Programs.hold(numbers[0])
    case ("compute", 1, _): Programs.compute()
    case ("latency", 3, 1): Clients.latency(words[1], count: numbers[0])
    case ("pipeline", 4, 2): Clients.pipeline(words[1], count: numbers[0], depth: numbers[1])
    case ("many", 4, 2): Clients.many(words[1], count: numbers[0], variables: numbers[1])
    case ("single", 4, 2): Clients.single(words[1], count: numbers[0], clients: numbers[1])
    case ("flood", 3, 1): Clients.flood(words[1], rate: numbers[0])
    default:
      say("LiveSpeed: \(words.joined(separator: " ")) is none of its measurements; the source lists them")
      exitFailing()
    }
  }
}
