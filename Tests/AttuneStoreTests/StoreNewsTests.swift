import AttuneCore
import AttuneValues
import Testing

@testable import AttuneStore

/// What is newer than a number of the journal: everything once, wherever the cut is.
@Suite struct StoreNewsTests {
  private let folder: TemporaryFolder
  private let store: Store
  private let record: ExperimentRecord

  /// Two trials report five times each by turns; the second entry of every pair also moves the first trial.
  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path + "/attune.db")
    record = try store.create(exampleDefinition(), file: nil, user: "ada", at: Timestamp(seconds: 0))
    let journal = try ExperimentJournal(record, in: store)
    var trials = (1...2).map { Trial(id: TrialID($0), configuration: Configuration(["lr": 0.5]), proposer: "test") }
    for step in 1...5 {
      for index in 0..<2 {
        let report = Report(step: step, metrics: ["loss": index == 1 && step == 3 ? .nan : Double(step)], elapsed: Double(step))
        trials[index].reports.append(report)
        let event = Event(time: Timestamp(seconds: Double(step)), .reported(AttemptID(trial: trials[index].id, number: 1), report))
        try journal.append([JournalEntry(event)], updating: index == 1 ? trials : [trials[0]])
      }
    }
  }

  @Test(arguments: 0...10) func eachReportComesOnce(cut: Int) throws {
    let early = try #require(try store.news(of: record.id, after: 0, limit: 100)).reports.prefix(cut)
    let late = try #require(try store.news(of: record.id, after: cut, limit: 100))
    #expect((early + late.reports).map { [$0.trial, $0.step] } == (1...5).flatMap { [[1, $0], [2, $0]] })
    #expect(late.cursor == 10)
    #expect(try store.pulse(of: record.id).cursor == 10)
  }

  @Test func aTrialThatAnothersEventMovedIsAmongThem() throws {
    let news = try #require(try store.news(of: record.id, after: 9, limit: 100))
    #expect(news.reports.map(\.trial) == [2] && news.trials.map(\.number) == [1, 2] && news.trials.map(\.steps) == [5, 5])
    #expect(try store.news(of: record.id, after: 10, limit: 100)?.trials.isEmpty == true)
  }

  @Test func tooMuchIsNotTold() throws {
    #expect(try store.news(of: record.id, after: 4, limit: 5)?.cursor == nil)
    #expect(try store.news(of: record.id, after: 5, limit: 5)?.reports.count == 5)
  }

  @Test func whatIsNotFiniteStays() throws {
    let values = try store.reports(of: 2, in: record.id).map { $0.metrics["loss"]?.double ?? 0 }
    #expect(values.count == 5 && values[2].isNaN && values[4] == 5)
    #expect(try store.metricNames(of: record.id) == ["loss"])
    let (cursor, trials) = try store.briefs(of: record.id)
    #expect(cursor == 10 && trials.map(\.number) == [1, 2])
  }
}
