/// Looks at one experiment for all who watch it: one question to the source a turn, however many pages are open.
actor EventFeed {
  /// What a page is told.
  enum Telling: Sendable {
    case news(DashboardNews)
    /// The snapshot has to be loaded again; nothing follows.
    case reset
    /// Nothing has happened for a while, and the connection lives.
    case alive
  }

  private static let turnsToALife = 500

  private let source: any DashboardSource
  private let experiment: String
  private let pause: Duration
  private var listeners: [Int: AsyncStream<Telling>.Continuation] = [:]
  private var lastListener = 0
  private var pulse = DashboardPulse(cursor: 0, state: "")
  private var quietTurns = 0
  private var task: Task<Void, Never>?

  init(_ source: any DashboardSource, _ experiment: String, every pause: Duration) {
    self.source = source
    self.experiment = experiment
    self.pause = pause
  }

  /// All that happens after a cursor.
  /// - Throws: `DashboardError` when there is no such experiment.
  func listen(after cursor: Int?) throws(DashboardError) -> AsyncStream<Telling> {
    if listeners.isEmpty { pulse = try source.pulse(of: experiment) }
    let (stream, continuation) = AsyncStream.makeStream(of: Telling.self, bufferingPolicy: .bufferingOldest(1000))
    guard let missed = try caughtUp(after: cursor ?? pulse.cursor) else {
      continuation.yield(.reset)
      continuation.finish()
      return stream
    }
    continuation.yield(.news(missed))
    lastListener += 1
    let number = lastListener
    listeners[number] = continuation
    continuation.onTermination = { [weak self] _ in Task { await self?.forget(number) } }
    // Alive as long as somebody listens.
    if task == nil { task = Task { [pause] in while look() { try? await Task.sleep(for: pause) } } }
    return stream
  }

  /// What lies between a page's cursor and the feed's, which is brought up to date first, so that both go on from the same place.
  /// - Returns: `nil` when it is too much.
  private func caughtUp(after cursor: Int) throws(DashboardError) -> DashboardNews? {
    // Something may come between the two questions; that it does so many times in a row is as good as too much.
    for _ in 0..<20 {
      guard let news = try source.news(of: experiment, after: pulse.cursor) else { return nil }
      if news.cursor > pulse.cursor { tell(news) }
      guard cursor < pulse.cursor else { return news }
      guard let missed = try source.news(of: experiment, after: cursor) else { return nil }
      if missed.cursor == pulse.cursor { return missed }
    }
    return nil
  }

  private func forget(_ number: Int) { listeners[number] = nil }

  /// - Returns: whether somebody listens.
  private func look() -> Bool {
    guard !listeners.isEmpty else {
      task = nil
      return false
    }
    quietTurns += 1
    if quietTurns >= Self.turnsToALife {
      quietTurns = 0
      send(.alive)
    }
    // A source that fails for a moment, as on a busy disk, is asked again at the next turn.
    guard let now = try? source.pulse(of: experiment), now != pulse else { return true }
    do throws(DashboardError) {
      guard let news = try source.news(of: experiment, after: pulse.cursor) else {
        pulse = now
        finish(.reset)
        return true
      }
      pulse = DashboardPulse(cursor: pulse.cursor, state: now.state)
      tell(news)
    } catch {
      return true
    }
    return true
  }

  /// To those who are where the feed is.
  private func tell(_ news: DashboardNews) {
    pulse = DashboardPulse(cursor: max(pulse.cursor, news.cursor), state: pulse.state)
    send(.news(news))
  }

  private func send(_ telling: Telling) {
    if case .news = telling { quietTurns = 0 }
    for continuation in listeners.values {
      // Who is a thousand tellings behind does not read; the page comes back and asks from where it is.
      if case .dropped = continuation.yield(telling) { continuation.finish() }
    }
  }

  private func finish(_ telling: Telling) {
    for continuation in listeners.values {
      continuation.yield(telling)
      continuation.finish()
    }
  }
}
