import AttuneCore
import AttuneEngine
import AttuneSchedulers
import AttuneStore

/// An experiment's trials as its journal has them.
enum StoredHistory {
  /// Folds the journal.
  /// - Throws: `Failure` when the store cannot be read.
  static func read(_ record: ExperimentRecord, in store: Store) throws -> History {
    do {
      let definition = record.definition
      var machine = ExperimentMachine(definition, scheduler: try SchedulerCatalog.make(definition.scheduler))
      machine.fold(try ExperimentJournal(record, in: store).entries().lazy.map(\.event))
      return machine.history
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    }
  }
}
