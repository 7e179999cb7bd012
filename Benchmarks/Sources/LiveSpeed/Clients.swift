import System

/// Clients that tune a program as fast as it lets them.
enum Clients {
  static func latency(_ socket: String, count: Int) {
    let connection = PlainSocket(socket)
    var sent: [Double] = []
    sent.reserveCapacity(count)
    for value in 1...count {
      let line = change(of: "rate", to: value)
      sent.append(monotonicNanoseconds())
      connection.send(line)
      connection.awaitLines(1)
      // A person's pace, not a flood: the program's thread waits in the kernel again.
      let pause = monotonicNanoseconds() + 200_000
      while monotonicNanoseconds() < pause {}
    }
    for (index, moment) in sent.enumerated() { print(index + 1, Int(moment)) }
    connection.send(Array(#"{"jsonrpc":"2.0","id":0,"method":"trigger.fire","params":{"trigger":"over"}}"#.utf8) + [10])
    connection.awaitLines(1)
  }

  static func pipeline(_ socket: String, count: Int, depth: Int) {
    let connection = PlainSocket(socket)
    let batch = (0..<depth).flatMap { change(of: "v0", to: $0) }
    sayRate(of: count) {
      var refusals = 0
      for _ in 0..<(count / depth) {
        connection.send(batch)
        refusals += connection.awaitLines(depth)
      }
      return refusals
    }
  }

  static func many(_ socket: String, count: Int, variables: Int) {
    let connection = PlainSocket(socket)
    let values = (0..<variables).map { "\"v\($0)\":\($0)" }.joined(separator: ",")
    let line = Array((#"{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"# + values + "}}}\n").utf8)
    sayRate(of: count * variables) {
      (0..<count).reduce(0) { refusals, _ in
        connection.send(line)
        return refusals + connection.awaitLines(1)
      }
    }
  }

  /// Every client has a connection of its own; one thread serves them in turn: none sends before its last change was acknowledged.
  static func single(_ socket: String, count: Int, clients: Int) {
    let connections = (0..<clients).map { _ in PlainSocket(socket) }
    let lines = (0..<clients).map { change(of: "v\($0)", to: $0) }
    sayRate(of: count * clients) {
      var refusals = 0
      for (connection, line) in zip(connections, lines) { connection.send(line) }
      for round in 0..<count {
        for (connection, line) in zip(connections, lines) {
          refusals += connection.awaitLines(1)
          if round + 1 < count { connection.send(line) }
        }
      }
      return refusals
    }
  }

  /// Changes of one variable, evenly spread, each acknowledged, for a window at a time. In a quiet window it looks at the clock all the same:
  /// the two differ in nothing but the changes.
  static func flood(_ socket: String, rate: Int) {
    let connection = PlainSocket(socket)
    say("ready")
    while let line = readLine(), line == "window" || line == "quiet" {
      let start = monotonicNanoseconds()
      var count = 0
      while true {
        let elapsed = monotonicNanoseconds() - start
        if elapsed > LiveSpeed.window { break }
        guard line == "window", Double(count) < elapsed / 1e9 * Double(rate) else { continue }
        connection.send(change(of: "rate", to: count))
        connection.awaitLines(1)
        count += 1
      }
      say("\(Double(count) / LiveSpeed.window * 1e9)")
    }
  }

  private static func change(of tag: String, to value: Int) -> [UInt8] {
    Array((#"{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{""# + "\(tag)\":\(value)}}}\n").utf8)
  }

  /// Says how many a second were acknowledged; a refusal ends it with an error.
  private static func sayRate(of count: Int, _ work: () -> Int) {
    let start = monotonicNanoseconds()
    let refusals = work()
    let seconds = (monotonicNanoseconds() - start) / 1e9
    guard refusals == 0 else {
      say("\(refusals) changes were refused")
      exitFailing()
    }
    say("\(Double(count) / seconds)")
  }
}
