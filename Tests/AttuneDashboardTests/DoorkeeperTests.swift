import Testing

@testable import AttuneDashboard

/// Who is let in, and who is not.
@Suite struct DoorkeeperTests {
  private let door = Doorkeeper(
    hosts: ["127.0.0.1", "localhost", "[::1]"], port: 8080, isSecure: false,
    accounts: [DashboardAccount(user: "ada", role: .owner, token: "secret"), DashboardAccount(user: "bob", role: .viewer, token: "other")])

  private func visitor(_ change: (inout Doorkeeper.Visitor) -> Void) -> Doorkeeper.Visitor {
    var visitor = Doorkeeper.Visitor(host: "127.0.0.1:8080", contentType: "application/json", isPost: true)
    change(&visitor)
    return visitor
  }

  @Test(arguments: [
    ("127.0.0.1:8080", true), ("localhost:8080", true), ("LocalHost:8080", true), ("[::1]:8080", true), ("127.0.0.1:8081", false),
    ("127.0.0.1", false),
    ("evil.example:8080", false), ("127.0.0.1.evil.example:8080", false), ("localhost:8080:8080", false), ("", false), (nil, false),
  ]) func names(host: String?, isOurs: Bool) {
    let visitor = visitor { $0.host = host }
    if isOurs {
      #expect(throws: Never.self) { try door.checkDoor(visitor) }
    } else {
      #expect(throws: DashboardError.self) { try door.checkDoor(visitor) }
    }
  }

  @Test(
    arguments: [
      ("http://127.0.0.1:8080", nil, "application/json", nil), (nil, "same-origin", "application/json; charset=utf-8", nil),
      ("http://localhost:8080", nil, "application/json", DashboardError.Kind.forbidden),
      ("https://127.0.0.1:8080", nil, "application/json", .forbidden),
      ("null", nil, "application/json", .forbidden), ("http://evil.example", nil, "application/json", .forbidden),
      (nil, "cross-site", "application/json", .forbidden), (nil, "same-site", "application/json", .forbidden),
      (nil, nil, "text/plain", .wrongType), (nil, nil, "application/x-www-form-urlencoded", .wrongType), (nil, nil, nil, .wrongType),
    ] as [(String?, String?, String?, DashboardError.Kind?)])
  func moves(origin: String?, site: String?, type: String?, refusal: DashboardError.Kind?) {
    var found: DashboardError.Kind?
    do throws(DashboardError) {
      try door.checkDoor(visitor { ($0.origin, $0.site, $0.contentType) = (origin, site, type) })
    } catch { found = error.kind }
    #expect(found == refusal)
  }

  @Test(arguments: [
    ("Bearer secret", "ada"), ("bearer secret", "ada"), ("Bearer other", "bob"), ("Bearer secre", nil), ("Bearer secrett", nil),
    ("Bearer ", nil),
    ("Basic secret", nil), ("secret", nil), (nil, nil),
  ]) func secrets(authorization: String?, user: String?) {
    #expect((try? door.account(of: visitor { $0.authorization = authorization }))?.user == user)
  }

  @Test func rolesSayWhatMayBeDone() {
    #expect(DashboardRole.viewer < .tuner && DashboardRole.tuner < .owner)
    let byTuners = DashboardMove.Kind.allCases.filter { DashboardRole.needed(for: $0) == .tuner }
    #expect(byTuners == [.set, .fire] && DashboardMove.Kind.allCases.allSatisfy { DashboardRole.needed(for: $0) > .viewer })
  }
}
