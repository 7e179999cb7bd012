/// The ports of single variables: opened when a client asks for one, closed when nobody has for a while.
///
/// The original's clients name a variable by nothing but its port, so that each needs one of its own; 10,000 variables must not need 10,000
/// descriptors. A port once told is never given to another tag: a client that kept it changes the right variable, or reaches nobody.
struct LiveTuneDoors {
  struct Door {
    let tag: String
    let port: Int
    let descriptor: Descriptor
    var lastUse: Moment
  }

  let limits: LiveTuneServer.Limits
  private(set) var doors: [Door] = []
  private var ports: [String: Int] = [:]
  private var tags: [Int: String] = [:]

  init(limits: LiveTuneServer.Limits) { self.limits = limits }

  /// The port of a tag, open.
  /// - Throws: `WireFailure` when the system gives none.
  mutating func port(of tag: String) throws(WireFailure) -> Int {
    if let index = doors.firstIndex(where: { $0.tag == tag }) {
      doors[index].lastUse = .now
      return doors[index].port
    }
    while doors.count >= limits.ports { closeOldest() }
    let (descriptor, port) = try open(for: tag)
    (ports[tag], tags[port]) = (port, tag)
    doors.append(Door(tag: tag, port: port, descriptor: descriptor, lastUse: .now))
    return port
  }

  /// A client calls at that door.
  /// - Returns: `false` when it has been closed meanwhile; its descriptor may be another door's by now.
  mutating func use(_ door: Door) -> Bool {
    guard let index = doors.firstIndex(where: { $0.descriptor == door.descriptor && $0.tag == door.tag }) else { return false }
    doors[index].lastUse = .now
    return true
  }

  /// When the next door is to be closed.
  var nextMoment: Moment? { doors.map(\.lastUse).min()?.later(by: limits.idle) }

  mutating func closeIdle() {
    while let moment = nextMoment, moment.isPast { closeOldest() }
  }

  mutating func closeAll() {
    for door in doors { door.descriptor.close() }
    doors = []
  }

  private mutating func closeOldest() {
    guard let index = doors.indices.min(by: { doors[$0].lastUse < doors[$1].lastUse }) else { return }
    doors.remove(at: index).descriptor.close()
  }

  private func open(for tag: String) throws(WireFailure) -> (Descriptor, Int) {
    // Ports that were another tag's stay bound until a new one is found; otherwise the system might offer them again.
    var foreign: [Descriptor] = []
    defer { for descriptor in foreign { descriptor.close() } }
    do throws(WireError) {
      if let known = ports[tag], let descriptor = try? Descriptor.listening(at: .tcp(host: LiveTuneServer.host, port: known)) {
        return (descriptor, known)
      }
      while true {
        let descriptor = try Descriptor.listening(at: .tcp(host: LiveTuneServer.host, port: 0))
        if let port = descriptor.localPort, tags[port].map({ $0 == tag }) ?? true { return (descriptor, port) }
        foreign.append(descriptor)
      }
    } catch {
      throw WireFailure(.refused, "no port for '\(tag)': \(error) Nothing was changed.")
    }
  }
}
