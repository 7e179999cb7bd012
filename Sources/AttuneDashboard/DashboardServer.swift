import AttuneValues
import Hummingbird
import HummingbirdCore
import Logging

/// The dashboard over HTTP: the page, questions and moves, and events as they come.
///
/// When not to use it: to read an experiment from a program; the store and `attune … --json` do that without a server.
public struct DashboardServer: Sendable {
  /// Where it listens, and who may come.
  public struct Options: Sendable {
    /// A loopback address: others would need TLS.
    public var address: String
    /// 0 for any that is free.
    public var port: Int
    /// Who may do what.
    public var accounts: [DashboardAccount]
    /// Connections at a time.
    public var connections: Int
    /// How often an experiment that is watched is looked at.
    public var pause: Duration

    /// Where it listens.
    public init(
      address: String = "127.0.0.1", port: Int = 0, accounts: [DashboardAccount], connections: Int = 1000,
      pause: Duration = .milliseconds(30)
    ) {
      self.address = address
      self.port = port
      self.accounts = accounts
      self.connections = connections
      self.pause = pause
    }
  }

  private let source: any DashboardSource
  private let steering: any DashboardSteering
  private let page: PageFiles
  private let options: Options

  /// A server that does not run yet.
  public init(source: any DashboardSource, steering: any DashboardSteering, page: PageFiles, options: Options) {
    self.source = source
    self.steering = steering
    self.page = page
    self.options = options
  }

  /// Serves until the process is told to end, by SIGINT or SIGTERM.
  /// - Parameter started: is told the port, once it can be called.
  /// - Throws: `DashboardError` when the address cannot be listened at.
  public func run(started: @escaping @Sendable (Int) -> Void) async throws(DashboardError) {
    let feeds = EventFeeds(source, every: options.pause)
    // The port is known only once it is listened at, and no request can come before.
    let port = OncePort()
    let responder = CallbackResponder { [source, steering, page, options] (request: Request, _: BasicRequestContext) in
      let hosts: Set<String> = [options.address.lowercased(), "localhost", "127.0.0.1", "[::1]"]
      let door = Doorkeeper(hosts: hosts, port: port.value, isSecure: false, accounts: options.accounts)
      return await DashboardResponder(source: source, steering: steering, page: page, door: door, feeds: feeds).respond(to: request)
    }
    let application = Application(
      responder: responder, server: .http1(configuration: .init(idleTimeout: .seconds(120))),
      configuration: ApplicationConfiguration(
        address: .hostname(options.address, port: options.port),
        availableConnectionsDelegate: MaximumAvailableConnections(options.connections)),
      onServerRunning: { channel in
        port.value = channel.localAddress?.port ?? 0
        started(port.value)
      }, logger: Self.logger)
    do { try await application.runService() } catch {
      throw DashboardError(.failed, "the dashboard cannot listen at \(options.address), port \(options.port): \(error)")
    }
  }

  private static let logger: Logger = {
    var logger = Logger(label: "attune.dashboard") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .critical
    return logger
  }()
}
