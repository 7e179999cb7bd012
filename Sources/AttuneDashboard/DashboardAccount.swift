/// What a person may do.
public enum DashboardRole: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Look.
  case viewer
  /// And change live values, and fire triggers.
  case tuner
  /// And stop, suspend, add and fork.
  case owner

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// By what they may do.
  public static func < (left: DashboardRole, right: DashboardRole) -> Bool { left.rank < right.rank }

  /// The least that a move needs.
  static func needed(for kind: DashboardMove.Kind) -> DashboardRole {
    switch kind {
    case .set, .fire: .tuner
    case .stopTrial, .suspendTrial, .resumeTrial, .fork, .stop, .add: .owner
    }
  }
}

/// A person who may use the dashboard.
public struct DashboardAccount: Hashable, Sendable {
  /// Recorded with what they do.
  public let user: String
  /// What they may do.
  public let role: DashboardRole
  /// The secret that tells them apart; `nil` for whoever comes, where no token is asked for.
  public let token: String?

  /// An account.
  public init(user: String, role: DashboardRole, token: String?) {
    self.user = user
    self.role = role
    self.token = token
  }

  /// Compares all of both secrets, so that the time it takes says nothing.
  func isOpened(by secret: String?) -> Bool {
    guard let token else { return true }
    guard let secret else { return false }
    let (own, given) = (Array(token.utf8), Array(secret.utf8))
    var difference = own.count ^ given.count
    for index in own.indices { difference |= Int(own[index] ^ (given.isEmpty ? 1 : given[index % given.count])) }
    return difference == 0
  }
}
