import ArgumentParser
import AttuneCore
import AttuneEngine
import AttuneSchedulers
import AttuneStore
import AttuneValues
import Foundation

struct SpaceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "space", abstract: "Shows where an experiment searches, or changes it while it runs; what was tried stays known.",
    discussion: """
      attune space digits                         shows it
      attune space digits widen lr 1e-6 1         both bounds stay or move outward
      attune space digits narrow lr 1e-4 0.1      both bounds stay or move inward
      attune space digits add solver lion         more values of a choice or an ordinal
      attune space digits remove solver sgd       less of them
      attune space digits freeze lr 0.01          one value from now on
      attune space digits unfreeze lr             what was allowed before
      attune space digits parameter decay float 1e-6 0.1 log default 1e-6
      """)

  @Argument(parsing: .allUnrecognized, help: "The experiment's name (default: the newest), then an edit.")
  var words: [String] = []
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let named = words.first.flatMap { SpaceWords.verbs.contains($0) ? nil : $0 }
    let (store, record) = try place.open(named)
    let edit = Array(words.dropFirst(named == nil ? 0 : 1))
    if !edit.isEmpty { try change(edit, of: record, in: store) }
    let report = SpaceReport(experiment: record.name, space: try store.space(of: record))
    print(output.isJSON ? report.json.text : report.text)
  }

  /// Through the controller where one is at work; else into the journal, for the next one.
  private func change(_ words: [String], of record: ExperimentRecord, in store: Store) throws {
    let folder = place.workspace.folder(of: record.name)
    if let pointer = ControlPointer.read(from: folder) {
      let target = Target(client: try TargetOptions.dial(pointer.address), trial: nil)
      _ = try target.request(ControlMethod.editSpace, ["words": .array(words.map(JSON.string)), "by": .string(Person.name)])
      return
    }
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let lock = try ControllerLock(in: folder)
    do { try append(words, to: record, in: store, under: lock) } catch let error as StoreError {
      throw Failure(error.status, error.description)
    }
  }

  /// The edit follows an `opened`, as any controller's doing does: the time that nobody was at work is not the experiment's.
  private func append(_ words: [String], to record: ExperimentRecord, in store: Store, under lock: borrowing ControllerLock) throws {
    let journal = try ExperimentJournal(record, in: store)
    var machine = ExperimentMachine(record.definition, scheduler: try SchedulerCatalog.make(record.definition.scheduler))
    machine.fold(try journal.entries().map(\.event))
    let opening = Event(time: SystemClock().now, .opened)
    _ = machine.handle(opening)
    let command = Command.edit(try SpaceWords.edit(words, in: machine.history.space))
    do { try machine.check(command) } catch {
      let isUnknown = if case .edit(.unknownParameter) = error { true } else { false }
      throw Failure(isUnknown ? .unknown : .refused, error.description)
    }
    let event = Event(time: opening.time, .commanded(command, by: Person.name))
    _ = machine.handle(event)
    try journal.append([JournalEntry(opening), JournalEntry(event)], updating: machine.takeTouched())
  }
}
