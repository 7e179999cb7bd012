import AttuneValues
import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import AttuneDashboard

/// Requests over a real socket: what is answered, and with which headers.
@Suite struct DashboardResponderTests {
  private let source = TableSource()

  /// Runs a server with a page of two files.
  private func served(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("<!doctype html>".utf8).write(to: folder.appending(path: "index.html"))
    try Data("secret".utf8).write(to: folder.appending(path: "notes.txt"))
    let (source, page) = (source, try PageFiles(folder: folder))
    let feeds = EventFeeds(source, every: .milliseconds(1))
    let accounts = [DashboardAccount(user: "ada", role: .owner, token: "s"), DashboardAccount(user: "bob", role: .tuner, token: "t")]
    let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
      // The client calls it by its name without the port.
      let port = request.head.authority?.split(separator: ":").last.flatMap { Int($0) } ?? 80
      let door = Doorkeeper(hosts: ["localhost", "127.0.0.1"], port: port, isSecure: false, accounts: accounts)
      return await DashboardResponder(source: source, steering: source, page: page, door: door, feeds: feeds).respond(to: request)
    }
    try await Application(responder: responder).test(.live) { try await body($0) }
  }

  private static let owner: HTTPFields = [.authorization: "Bearer s", .contentType: "application/json"]
  private static let tuner: HTTPFields = [.authorization: "Bearer t", .contentType: "application/json"]

  @Test func answersSayWhatTheyAre() async throws {
    try await served { client in
      try await client.execute(uri: "/", method: .get) { response in
        #expect(response.status == .ok && String(buffer: response.body) == "<!doctype html>")
        #expect(response.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(response.headers[.xContentTypeOptions] == "nosniff" && response.headers[.contentType] == "text/html; charset=utf-8")
      }
      try await client.execute(uri: "/api/v1/experiments", method: .get, headers: Self.owner) { response in
        #expect(response.status == .ok && String(buffer: response.body).contains("<img onerror>"), "a name is text")
        #expect(response.headers[.contentType] == "application/json")
      }
      try await client.execute(uri: "/api/v1/experiments/e/trials/1/log", method: .get, headers: Self.owner) { response in
        #expect(response.headers[.contentType] == "text/plain; charset=utf-8" && String(buffer: response.body) == "what it wrote")
      }
    }
  }

  @Test(arguments: ["/notes.txt", "/../notes.txt", "/%2e%2e/notes.txt", "/index.html/..", "//etc/passwd"]) func onlyThePagesFilesAreServed(
    path: String
  ) async throws {
    try await served { client in
      try await client.execute(uri: path, method: .get) { #expect($0.status == .notFound) }
    }
  }

  @Test func nothingIsAnsweredWithoutTheSecret() async throws {
    try await served { client in
      for uri in ["/api/v1/me", "/api/v1/experiments", "/api/v1/experiments/e/events"] {
        try await client.execute(uri: uri, method: .get) { #expect($0.status == .unauthorized) }
        try await client.execute(uri: uri, method: .get, headers: [.authorization: "Bearer x"]) { #expect($0.status == .unauthorized) }
      }
      try await client.execute(uri: "/api/v1/experiments/e/stop", method: .post, headers: [.contentType: "application/json"]) {
        #expect($0.status == .unauthorized)
      }
    }
    #expect(source.moves.isEmpty)
  }

  @Test func movesAreCarriedOutUnderTheirUsersName() async throws {
    try await served { client in
      let uri = "/api/v1/experiments/e/trials/3/set"
      try await client.execute(uri: uri, method: .post, headers: Self.tuner, body: ByteBuffer(string: #"{"values":{"lr":0.1}}"#)) {
        response in
        #expect(response.status == .ok && String(buffer: response.body) == #"{"number":1}"#)
      }
      try await client.execute(uri: uri, method: .post, headers: Self.tuner, body: ByteBuffer(string: #"{"values":{"lr":"abc"}}"#)) {
        response in
        #expect(response.status == .badRequest && String(buffer: response.body).contains("Nothing was changed"))
      }
    }
    #expect(source.moves.first == DashboardMove(.set, trial: 3, parameters: ["values": ["lr": 0.1]], user: "bob"))
  }

  @Test(arguments: [
    ("/api/v1/experiments/e/stop", "{}", HTTPResponse.Status.forbidden), ("/api/v1/experiments/e/trials/3/set", "[1]", .badRequest),
    ("/api/v1/experiments/e/trials/3/set", "{", .badRequest),
    ("/api/v1/experiments/e/trials/3/set", "\(String(repeating: " ", count: 300_000))", .contentTooLarge),
    ("/api/v1/experiments/e/trials/3/nothing", "{}", .notFound), ("/api/v1/experiments/other/trials/3/set", "{}", .notFound),
    ("/", "{}", .methodNotAllowed),
  ]) func movesThatAreNone(uri: String, body: String, status: HTTPResponse.Status) async throws {
    try await served { client in
      try await client.execute(uri: uri, method: .post, headers: Self.tuner, body: ByteBuffer(string: body)) {
        #expect($0.status == status)
      }
    }
    #expect(source.moves.isEmpty)
  }
}
