/// What a controller's socket answers beside the live protocol, whose requests take a `trial` there.
enum ControlMethod {
  static let status = "experiment.status"
  static let stop = "experiment.stop"
  static let stopTrial = "trial.stop"
  static let suspendTrial = "trial.suspend"
  static let resumeTrial = "trial.resume"
  /// Notifications: a trial has left its slot; it could not and runs on.
  static let suspended = "suspended"
  static let stayed = "stayed"
  static let addTrial = "trial.add"
  /// The next trial for a program outside, or one again.
  static let ask = "trial.ask"
  /// What became of it.
  static let tell = "trial.tell"
  /// Trials that were asked for and not told.
  static let asked = "trials.asked"
  static let fork = "trial.fork"
  /// `words`: what stands behind `attune space EXPERIMENT`.
  static let editSpace = "space.edit"
  /// Notification: a twin has its checkpoint, or will have none.
  static let forked = "forked"
  static let listPrograms = "programs.list"
  /// Notification: a program refused a change.
  static let refused = "refused"
}
