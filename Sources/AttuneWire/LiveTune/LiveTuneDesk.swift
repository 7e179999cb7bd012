#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The sockets of a `LiveTuneServer`; its thread's own.
struct LiveTuneDesk {
  private struct Client {
    let descriptor: Descriptor
    let deadline: Moment
    var talk: LiveTuneTalk
  }

  private let dictionary: Descriptor
  private let limits: LiveTuneServer.Limits
  private let program: any LiveTuneProgram
  private let knowsItsClients: Bool
  private var refusals = 0
  private var doors: LiveTuneDoors
  private var clients: [Client] = []
  /// Until when nobody is let in, because the process has no descriptor left; asking again at once would spin.
  private var closedUntil: Moment?

  init(_ dictionary: Descriptor, _ limits: LiveTuneServer.Limits, _ program: any LiveTuneProgram, knowsItsClients: Bool) {
    self.dictionary = dictionary
    self.knowsItsClients = knowsItsClients
    self.limits = limits
    self.program = program
    doors = LiveTuneDoors(limits: limits)
  }

  /// Waits for something to happen, and does what it asks for.
  mutating func turn(_ bell: Bell, _ buffer: UnsafeMutableRawBufferPointer) {
    let open = doors.doors
    // poll passes over a negative descriptor.
    let listening = ([dictionary] + open.map(\.descriptor)).map { closedUntil == nil ? $0.raw : -1 }
    var entries = ([bell.hearing.raw] + listening + clients.map(\.descriptor.raw)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let moments = clients.map(\.deadline) + [doors.nextMoment, closedUntil].compactMap(\.self)
    let count = poll(&entries, nfds_t(entries.count), moments.min()?.millisecondsLeft ?? -1)
    if count > 0 {
      if entries[0].revents != 0 { bell.silence() }
      // Clients first: letting somebody in may drop one of them, and asking for a port may close a door.
      for index in clients.indices.reversed() where entries[1 + listening.count + index].revents != 0 { serve(index, buffer) }
      for (index, door) in open.enumerated() where entries[2 + index].revents != 0 {
        if doors.use(door) { accept(door.descriptor, .variable(door.tag)) }
      }
      if entries[1].revents != 0 { accept(dictionary, .dictionary) }
    }
    if closedUntil?.isPast ?? false { closedUntil = nil }
    for index in clients.indices.reversed() where clients[index].deadline.isPast { drop(index) }
    doors.closeIdle()
  }

  /// Hangs up on everybody.
  mutating func close() {
    for client in clients { client.descriptor.close() }
    clients = []
    doors.closeAll()
    dictionary.close()
  }

  private mutating func serve(_ index: Int, _ buffer: UnsafeMutableRawBufferPointer) {
    switch clients[index].descriptor.receive(into: buffer) {
    case .wouldBlock: return
    case .ended: drop(index)
    case .moved(let count):
      var talk = clients[index].talk
      let reply = talk.take(buffer[..<count], program) { tag throws(WireFailure) in try doors.port(of: tag) }
      clients[index].talk = talk
      // A few bytes into an empty socket: what it does not take at once belongs to a client that is gone.
      let isSent = Array(reply.text.utf8).withUnsafeBytes { $0.isEmpty || clients[index].descriptor.send($0) == .moved($0.count) }
      if reply.isOver, !reply.text.isEmpty, talk.place != .dictionary { refuse(reply.text) }
      if reply.isOver || !isSent { drop(index) }
    }
  }

  private mutating func accept(_ listener: Descriptor, _ place: LiveTuneTalk.Place) {
    switch listener.accepted() {
    case .none: return
    case .noDescriptors: closedUntil = .after(.milliseconds(100))
    case .peer(let descriptor):
      let owner = knowsItsClients ? descriptor.peerOwner : .untold
      guard owner.isTrusted else {
        descriptor.close()
        // The second call of a client to a silent dictionary is gone by now, and no offence.
        if case .user(let id) = owner {
          refuse("user \(id) of this machine called, and was hung up on: allowed are the program's own and root.")
        }
        return
      }
      if clients.count >= limits.peers, let oldest = clients.indices.min(by: { clients[$0].deadline < clients[$1].deadline }) {
        drop(oldest)
      }
      clients.append(Client(descriptor: descriptor, deadline: .after(limits.patience), talk: LiveTuneTalk(place)))
    }
  }

  private mutating func refuse(_ problem: String) {
    refusals += 1
    if refusals <= 100 { program.refused(problem) }
  }

  private mutating func drop(_ index: Int) { clients.remove(at: index).descriptor.close() }
}
