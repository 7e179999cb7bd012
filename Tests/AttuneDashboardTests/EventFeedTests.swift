import AttuneValues
import Testing

@testable import AttuneDashboard

/// Every page hears of everything once, whenever it comes and wherever it was.
@Suite struct EventFeedTests {
  private let source = TableSource(limit: 50)

  private func feed() -> EventFeed { EventFeed(source, "e", every: .zero) }

  /// The numbers of reports that a page hears until it knows of `last`.
  private func heard(_ feed: EventFeed, after cursor: Int?, upTo last: Int) async throws -> [Int] {
    var numbers: [Int] = []
    for await telling in try await feed.listen(after: cursor) {
      guard case .news(let news) = telling else { continue }
      numbers += news.document["reports"]?.array?.compactMap(\.int) ?? []
      if news.cursor >= last { break }
    }
    return numbers
  }

  @Test(arguments: [0, 3, 10]) func whatWasMissedComesFirst(cursor: Int) async throws {
    source.grow(by: 10)
    #expect(try await heard(feed(), after: cursor, upTo: 10) == Array((cursor + 1)..<11))
  }

  @Test func pagesThatComeAtDifferentTimesHearEverythingOnce() async throws {
    let feed = feed()
    source.grow(by: 5)
    async let first = heard(feed, after: 2, upTo: 40)
    for _ in 0..<7 {
      source.grow(by: 5)
      await Task.yield()
    }
    async let second = heard(feed, after: 20, upTo: 40)
    #expect(try await first == Array(3...40))
    #expect(try await second == Array(21...40))
  }

  @Test func aServerThatBeginsAnewGoesOnFromThePagesCursor() async throws {
    source.grow(by: 12)
    #expect(try await heard(feed(), after: 0, upTo: 12) == Array(1...12))
    source.grow(by: 8)
    #expect(try await heard(feed(), after: 12, upTo: 20) == Array(13...20))
  }

  @Test func whoWasAwayTooLongLoadsTheSnapshot() async throws {
    source.grow(by: 51)
    var tellings: [Bool] = []
    for await telling in try await feed().listen(after: 0) { if case .reset = telling { tellings.append(true) } }
    #expect(tellings == [true], "and the stream ends")
  }

  @Test func aBusyDiskIsAskedAgain() async throws {
    let feed = feed()
    let stream = try await feed.listen(after: 0)
    source.setBusy(true)
    source.grow(by: 3)
    for _ in 0..<20 { await Task.yield() }
    source.setBusy(false)
    var numbers: [Int] = []
    for await telling in stream {
      if case .news(let news) = telling { numbers += news.document["reports"]?.array?.compactMap(\.int) ?? [] }
      if numbers.count >= 3 { break }
    }
    #expect(numbers == [1, 2, 3])
  }

  @Test func theEndIsToldThoughNothingIsReported() async throws {
    let stream = try await feed().listen(after: 0)
    source.end()
    for await telling in stream { if case .news(let news) = telling, news.document["state"] == "completed" { return } }
    #expect(Bool(false), "the stream ended before it said so")
  }

  @Test func thereIsNoFeedOfWhatThereIsNot() async {
    let feeds = EventFeeds(source, every: .zero)
    await #expect(throws: DashboardError.self) { try await feeds.feed(of: "nothing") }
  }
}
