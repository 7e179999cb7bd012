import AttuneValues
import Testing

@testable import AttuneDashboard

/// Which path is which question or move, and what is said of the others.
@Suite struct DashboardRouteTests {
  @Test(
    arguments: [
      ("/", [:], DashboardRoute.page("/")), ("/style.css", [:], .page("/style.css")), ("/api/v1/me", [:], .me),
      ("/api/v1/experiments", [:], .ask(.experiments)), ("/api/v1/experiments/a%20b%2Fc", [:], .ask(.snapshot("a b/c"))),
      ("/api/v1/experiments/e/columns", ["names": "lr,hidden"], .ask(.columns("e", names: ["lr", "hidden"]))),
      (
        "/api/v1/experiments/e/curves", ["metric": "loss", "trials": "1,3"],
        .ask(.curves("e", CurveQuery(metric: "loss", trials: [1, 3], points: 600)))
      ),
      (
        "/api/v1/experiments/e/curves", ["metric": "loss", "trials": "2", "points": "50", "axis": "time", "from": "1.5", "to": "8"],
        .ask(.curves("e", CurveQuery(metric: "loss", trials: [2], points: 50, isByTime: true, range: 1.5...8)))
      ),
      ("/api/v1/experiments/e/trials/7", [:], .ask(.trial("e", 7))),
      ("/api/v1/experiments/e/trials/7/log", ["attempt": "2", "stream": "stderr"], .ask(.log("e", trial: 7, attempt: 2, isErrors: true))),
      ("/api/v1/experiments/e/programs", [:], .ask(.programs("e"))),
      ("/api/v1/experiments/e/events", ["after": "12"], .events("e", after: 12)),
    ] as [(String, [String: String], DashboardRoute)]) func questions(path: String, query: [String: String], route: DashboardRoute) throws
  {
    #expect(try DashboardRoute(isPost: false, path: path, query: query) == route)
  }

  @Test(
    arguments: [
      ("/api/v1/experiments/e/stop", DashboardMove.Kind.stop, nil), ("/api/v1/experiments/e/add", .add, nil),
      ("/api/v1/experiments/e/trials/3/set", .set, 3), ("/api/v1/experiments/e/trials/3/fire", .fire, 3),
      ("/api/v1/experiments/e/trials/3/stop", .stopTrial, 3), ("/api/v1/experiments/e/trials/3/suspend", .suspendTrial, 3),
      ("/api/v1/experiments/e/trials/3/resume", .resumeTrial, 3), ("/api/v1/experiments/e/trials/3/fork", .fork, 3),
    ] as [(String, DashboardMove.Kind, Int?)]) func moves(path: String, kind: DashboardMove.Kind, trial: Int?) throws
  {
    #expect(try DashboardRoute(isPost: true, path: path, query: [:]) == .move(kind, experiment: "e", trial: trial))
  }

  @Test(
    arguments: [
      (true, "/", [:], DashboardError.Kind.wrongMethod, "read"), (false, "/api/v1/nothing", [:], .unknown, "Docs/Dashboard.md"),
      (false, "/api/v1/experiments/e/stop", [:], .unknown, "answer"), (true, "/api/v1/experiments/e", [:], .unknown, "move"),
      (false, "/api/v1/experiments/e/trials/0", [:], .badInput, "'0'"), (false, "/api/v1/experiments/e/trials/x", [:], .badInput, "'x'"),
      (false, "/api/v1/experiments/e/curves", ["trials": "1"], .badInput, "'metric'"),
      (false, "/api/v1/experiments/e/curves", ["metric": "m"], .badInput, "1 to 200"),
      (false, "/api/v1/experiments/e/curves", ["metric": "m", "trials": "1", "points": "3"], .badInput, "4...100000"),
      (false, "/api/v1/experiments/e/curves", ["metric": "m", "trials": "1", "axis": "day"], .badInput, "step or time"),
      (false, "/api/v1/experiments/e/curves", ["metric": "m", "trials": "1", "from": "3", "to": "2"], .badInput, "above"),
      (false, "/api/v1/experiments/e/curves", ["metric": "m", "trials": "1", "from": "nan"], .badInput, "'nan'"),
      (false, "/api/v1/experiments/e/events", ["after": "-1"], .badInput, "0 or more"),
    ] as [(Bool, String, [String: String], DashboardError.Kind, String)])
  func whatThereIsNot(isPost: Bool, path: String, query: [String: String], kind: DashboardError.Kind, words: String) {
    let error = #expect(throws: DashboardError.self) { try DashboardRoute(isPost: isPost, path: path, query: query) }
    #expect(error?.kind == kind && error?.description.contains(words) == true, "\(String(describing: error))")
  }
}
