import AttuneValues
import AttuneWire

/// How a registry is reached: it listens when the program runs by itself, and dials under an experiment.
extension LiveRegistry {
  /// Opens the socket, the first time. A failure is told once, and the program goes on with plain values.
  func start(_ inner: inout Inner) {
    guard !inner.hasStarted else { return }
    inner.hasStarted = true
    guard !environment.isSilent else { return }
    if let path = environment.recordPath {
      inner.record = LineFile(path: path)
      if inner.record == nil { warn("ATTUNE_RECORD: cannot append to '\(path)'. Changes are not recorded there.") }
    }
    startLiveTune(&inner)
    do {
      let loop = try LineLoop(name: "attune", limits: .asGuest) { [weak self] loop, event in self?.handle(event, on: loop) }
      do {
        startMeter(on: loop)
        try open(loop, &inner)
        inner.loop = loop
      } catch {
        loop.stop()
        throw error
      }
    } catch {
      warn("\(error) The program cannot be tuned; it goes on with its values.")
    }
  }

  private func open(_ loop: LineLoop, _ inner: inout Inner) throws(WireError) {
    if environment.socket == nil {
      try RuntimeDirectory.listen(loop, name: environment.name, pid: owner, environment: environment.read)
    } else {
      inner.upstream = .absent(pause: .milliseconds(50))
      loop.after(.zero) { [weak self] in self?.dial() }
    }
  }

  private func handle(_ event: LineLoop.Event, on loop: LineLoop) {
    switch event {
    case .opened: break
    case .closed(let peer): forget(peer)
    case .line(let peer, let line):
      do {
        try take(WireMessage(parsing: line), from: peer, on: loop)
      } catch {
        loop.send(WireMessage.failure(id: .null, error).json, to: peer)
      }
    }
  }

  private func take(_ message: WireMessage, from peer: Peer, on loop: LineLoop) throws(WireFailure) {
    switch message {
    case .request(let id, let method, let parameters):
      do throws(WireFailure) {
        if try askRanks(method, parameters, id: id, from: peer, on: loop) { return }
        try answer(method, parameters, from: peer) { result in loop.send(WireMessage.result(id: id, result).json, to: peer) }
      } catch {
        loop.send(WireMessage.failure(id: id, error).json, to: peer)
      }
    case .notification(LiveMethod.acknowledged, let parameters):
      inner.withLock { inner in
        if inner.upstream == .greeted(peer), let number = parameters["n"]?.int { inner.acknowledged(through: number) }
      }
    case .notification(let method, let parameters): try? answer(method, parameters, from: peer) { _ in }
    case .result(_, let result):
      inner.withLock { inner in
        if inner.upstream == .greeting(peer) { inner.greeted(peer, GreetingAnswer(json: result)) }
      }
    case .failure(_, let failure): greetingFailed(failure, at: peer, on: loop)
    }
  }

  private func dial() {
    guard let address = environment.socket else { return }
    let loop = inner.withLock { $0.loop }
    guard let loop else { return }
    guard let peer = try? loop.dial(address, within: .seconds(1)) else { return retry() }
    inner.withLock { inner in
      inner.upstream = .greeting(peer)
      let greeting = ProgramGreeting(
        attempt: environment.attempt ?? "", pid: owner, name: environment.name, token: environment.token ?? "",
        reported: inner.state.reports.last)
      loop.send(WireMessage.request(id: 1, method: LiveMethod.hello, parameters: greeting.json).json, to: peer)
    }
  }

  /// Dials again after a pause that doubles up to two seconds.
  private func retry() {
    inner.withLock { inner in
      guard case .absent(let pause) = inner.upstream else { return }
      inner.upstream = .absent(pause: min(pause * 2, .seconds(2)))
      inner.loop?.after(pause) { [weak self] in self?.dial() }
    }
  }

  private func greetingFailed(_ failure: WireFailure, at peer: Peer, on loop: LineLoop) {
    let isFinal = inner.withLock { inner in
      guard inner.upstream == .greeting(peer) else { return false }
      guard failure.code == .refused else {
        inner.upstream = .absent(pause: .seconds(1))
        return false
      }
      inner.upstream = .none
      inner.finishBell?.ring()
      return true
    }
    loop.close(peer)
    if isFinal { warn("\(failure.message) The program goes on with its values and reports to nobody.") }
  }

  private func forget(_ peer: Peer) {
    let isUpstream = inner.withLock { inner in
      inner.reportReaders.remove(peer)
      inner.changeReaders.remove(peer)
      switch inner.upstream {
      case .greeted(peer): inner.upstream = .absent(pause: .milliseconds(50))
      case .greeting(peer): inner.upstream = .absent(pause: .milliseconds(200))
      case .absent: break
      default: return false
      }
      return true
    }
    if isUpstream { retry() }
  }
}
