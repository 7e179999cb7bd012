import AttuneValues
import HTTPTypes
import Hummingbird

/// Answers requests: the page's files, questions, moves, and the stream of events.
struct DashboardResponder: Sendable {
  private static let longestBody = 256 << 10

  let source: any DashboardSource
  let steering: any DashboardSteering
  let page: PageFiles
  let door: Doorkeeper
  let feeds: EventFeeds

  /// Never throws: what goes wrong is an answer, too.
  func respond(to request: Request) async -> Response {
    var response: Response
    do throws(DashboardError) { response = try await answer(request) } catch {
      response = Self.json(["error": .string(error.description)], status: .init(code: error.kind.rawValue))
      if error.kind == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
    }
    response.headers[.xContentTypeOptions] = "nosniff"
    response.headers[.contentSecurityPolicy] = Self.policy
    response.headers[Self.referrerPolicy] = "no-referrer"
    response.headers[Self.resourcePolicy] = "same-origin"
    return response
  }

  private func answer(_ request: Request) async throws(DashboardError) -> Response {
    let isPost = request.method == .post
    guard isPost || request.method == .get || request.method == .head else {
      throw DashboardError(.wrongMethod, "\(request.method.rawValue) is not understood; GET asks, POST moves")
    }
    let visitor = Self.visitor(request, isPost: isPost)
    try door.checkDoor(visitor)
    let route = try DashboardRoute(isPost: isPost, path: request.uri.path, query: Self.query(of: request))
    if case .page(let path) = route { return try file(path, ifNot: request.headers[.ifNoneMatch]) }
    let account = try door.account(of: visitor)
    switch route {
    case .page(let path): return try file(path, ifNot: nil)
    case .me: return Self.json(["user": .string(account.user), "role": .string(account.role.rawValue)])
    case .ask(let question):
      let document = try source.answer(question)
      if case .log = question { return Self.text(document.string ?? "") }
      return Self.json(document)
    case .events(let experiment, let after): return try await events(of: experiment, after: after)
    case .move(let kind, let experiment, let trial):
      guard account.role >= DashboardRole.needed(for: kind) else {
        throw DashboardError(
          .forbidden,
          "\(account.user) is a \(account.role.rawValue) here, and this needs a \(DashboardRole.needed(for: kind).rawValue); nothing was done"
        )
      }
      // Whether there is such an experiment at all is known here; whether somebody runs it, the steering knows.
      _ = try source.pulse(of: experiment)
      let move = DashboardMove(kind, trial: trial, parameters: try await Self.body(of: request), user: account.user)
      return Self.json(try await steering.perform(move, on: experiment))
    }
  }

  private func file(_ path: String, ifNot known: String?) throws(DashboardError) -> Response {
    guard let file = page[path] else { throw DashboardError(.unknown, "the page has no file '\(path)'") }
    var headers: HTTPFields = [.contentType: file.type, .eTag: file.tag, .cacheControl: "no-cache"]
    if known == file.tag { return Response(status: .notModified, headers: headers) }
    headers[.contentLength] = "\(file.bytes.count)"
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
  }

  private func events(of experiment: String, after cursor: Int?) async throws(DashboardError) -> Response {
    let tellings = try await feeds.feed(of: experiment).listen(after: cursor)
    let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody { writer in
        // A server that is told to end does not wait for pages that would listen for ever.
        for await telling in tellings.cancelOnGracefulShutdown() {
          try await writer.write(ByteBuffer(string: Self.line(telling)))
        }
        try await writer.finish(nil)
      })
  }

  private static func line(_ telling: EventFeed.Telling) -> String {
    switch telling {
    case .news(let news): "event: news\nid: \(news.cursor)\ndata: \(news.document.text)\n\n"
    case .reset: "event: reset\ndata: {}\n\n"
    case .alive: ": alive\n\n"
    }
  }

  private static func body(of request: Request) async throws(DashboardError) -> [String: JSON] {
    let buffer: ByteBuffer
    do { buffer = try await request.body.collect(upTo: longestBody) } catch {
      throw DashboardError(.tooLarge, "a move is \(longestBody >> 10) KiB of JSON at the most; nothing was done")
    }
    guard buffer.readableBytes > 0 else { return [:] }
    guard let members = try? JSON(parsing: Array(buffer.readableBytesView)).object else {
      throw DashboardError(.badInput, "a move is a JSON object; nothing was done")
    }
    return members
  }

  private static func visitor(_ request: Request, isPost: Bool) -> Doorkeeper.Visitor {
    Doorkeeper.Visitor(
      host: request.head.authority, origin: request.headers[.origin], site: request.headers[Self.fetchSite],
      authorization: request.headers[.authorization], contentType: request.headers[.contentType], isPost: isPost)
  }

  private static func query(of request: Request) -> [String: String] {
    Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }) { first, _ in first }
  }

  private static func json(_ document: JSON, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: document.text)))
  }

  private static func text(_ text: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// uPlot sets styles by script, for which browsers ask no leave; `unsafe-inline` is for its one style element.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    + "form-action 'none'; frame-ancestors 'none'"
  private static let referrerPolicy = field("Referrer-Policy")
  private static let resourcePolicy = field("Cross-Origin-Resource-Policy")
  private static let fetchSite = field("Sec-Fetch-Site")

  private static func field(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else { preconditionFailure("'\(name)' is no name of a field") }
    return field
  }
}

/// A feed for each experiment that somebody watches, or has watched.
actor EventFeeds {
  private let source: any DashboardSource
  private let pause: Duration
  private var feeds: [String: EventFeed] = [:]

  init(_ source: any DashboardSource, every pause: Duration) {
    self.source = source
    self.pause = pause
  }

  /// - Throws: `DashboardError` when there is no such experiment, so that asking for many names makes no feeds.
  func feed(of experiment: String) throws(DashboardError) -> EventFeed {
    if let feed = feeds[experiment] { return feed }
    _ = try source.pulse(of: experiment)
    let feed = EventFeed(source, experiment, every: pause)
    feeds[experiment] = feed
    return feed
  }
}
