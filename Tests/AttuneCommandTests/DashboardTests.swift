import AttuneDashboard
import AttuneMath
import AttuneWire
import Foundation
import Testing

@testable import AttuneCommand

/// What the dashboard makes of the store: curves that fit a chart, accounts, and errors.
@Suite struct DashboardTests {
  @Test(arguments: [5, 40, 400, 401, 5000]) func noPeakIsThinnedAway(count: Int) {
    var random = RandomStream(seed: 3, purpose: "test", index: count)
    let points = (1...count).map { CurveDocument.Point(step: $0, x: Double($0), y: $0 % 11 == 0 ? .nan : random.nextUnit()) }
    let shown = CurveDocument.thinned(points, to: 400)
    #expect(shown.count == min(count, shown.count) && shown.count <= max(400, 4))
    if count <= 400 { #expect(shown.map(\.x) == points.map(\.x)) }
    let (all, kept) = (points.map(\.y).filter(\.isFinite), shown.map(\.y).filter(\.isFinite))
    #expect(kept.max() == all.max() && kept.min() == all.min() && shown.first?.x == 1 && shown.last?.x == Double(count))
    #expect(zip(shown, shown.dropFirst()).allSatisfy { $0.x < $1.x })
  }

  @Test func accountsStayAndOnlyTheirOwnerReadsThem() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-accounts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let accounts = DashboardAccounts(Workspace(folder.path))
    let first = try accounts.all(owner: "ada")
    #expect(first.map(\.user) == ["ada"] && first.map(\.role) == [.owner] && (first[0].token?.count ?? 0) > 30)
    #expect(try accounts.all(owner: "ada") == first, "the secret outlives the server")
    _ = try accounts.add(user: "bob", role: .viewer)
    #expect(try accounts.add(user: "bob", role: .tuner) == (try accounts.all(owner: "ada")).last)
    #expect(try accounts.all(owner: "ada").map(\.role) == [.owner, .tuner])
    let file = folder.appending(path: "dashboard.accounts")
    #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int == 0o600)
    #expect(throws: Failure.self) { try accounts.add(user: "two words", role: .viewer) }
    try Data("owner ada\n".utf8).write(to: file)
    let failure = #expect(throws: Failure.self) { try accounts.all(owner: "ada") }
    #expect(failure?.description.contains("line 1") == true)
  }

  @Test(arguments: [
    (WireErrorCode.refused, DashboardError.Kind.refused), (.unknownTag, .unknown), (.notReachable, .unreachable),
    (.invalidParameters, .badInput),
  ]) func refusalsKeepTheirKind(code: WireErrorCode, kind: DashboardError.Kind) {
    let error = DashboardError(Failure(WireError.answered(WireFailure(code, "why"))))
    #expect(error.kind == kind && error.description == "why")
  }
}
