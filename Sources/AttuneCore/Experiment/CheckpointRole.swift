/// What a copy of a checkpoint is to the trial that is given it.
public enum CheckpointRole: String, Hashable, Sendable, Codable, CaseIterable {
  /// A twin's: it goes on from the copy as from its own.
  case own
  /// A child's: a copy of its parent's, which stands beside the child's own (`ATTUNE_PARENT_CHECKPOINT`).
  case parents
  /// That of a child's twin from the first step: a copy of what the child was given.
  case inherited
}
