/// What a copy of a checkpoint is to the trial that is given it.
public enum CheckpointRole: Hashable, Sendable {
  /// A twin's: it goes on from the copy as from its own.
  case own
  /// A child's: a copy of its parent's, which stands beside the child's own (`ATTUNE_PARENT_CHECKPOINT`).
  case parents
  /// That of a child's twin from the first step: a copy of what the child was given.
  case inherited
  /// Of a trial that lives already and is to go on with it: it stands beside the trial's own until it takes its place. The number is that
  /// of the adoption.
  case adopted(Int)
}
