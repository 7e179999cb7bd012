/// Lets in who comes by the right door: the address the page was opened at, from the page itself, with a secret where one is asked for.
///
/// The Host header keeps other names that lead here out (DNS rebinding), Origin keeps other pages from posting, and a body must be JSON, which
/// a foreign form cannot send.
struct Doorkeeper: Sendable {
  /// Names under which the server may be called, lower case, without a port.
  let hosts: Set<String>
  let port: Int
  let isSecure: Bool
  let accounts: [DashboardAccount]

  /// What a request says of itself.
  struct Visitor: Sendable {
    var host: String?
    var origin: String?
    var site: String?
    var authorization: String?
    var contentType: String?
    var isPost = false
  }

  /// Files of the page are for everybody who comes by the right name: they hold no secret, and the page brings the secret itself.
  /// - Throws: `DashboardError`.
  func checkDoor(_ visitor: Visitor) throws(DashboardError) {
    guard let host = visitor.host?.lowercased(), isOurs(host) else {
      throw DashboardError(.misdirected, "the dashboard does not answer to the name '\(visitor.host ?? "")'; nothing was done")
    }
    if let origin = visitor.origin?.lowercased(), origin != "\(isSecure ? "https" : "http")://\(host)" {
      throw DashboardError(.forbidden, "a page of '\(origin)' may not use this dashboard; nothing was done")
    }
    if let site = visitor.site, !["same-origin", "none"].contains(site), visitor.isPost {
      throw DashboardError(.forbidden, "another site's page may not move experiments; nothing was done")
    }
    if visitor.isPost, visitor.contentType?.split(separator: ";").first?.lowercased() != "application/json" {
      throw DashboardError(.wrongType, "a move is sent as application/json; got '\(visitor.contentType ?? "nothing")'; nothing was done")
    }
  }

  /// Who it is.
  /// - Throws: `DashboardError`.
  func account(of visitor: Visitor) throws(DashboardError) -> DashboardAccount {
    let scheme = "bearer "
    let secret = visitor.authorization.flatMap { $0.lowercased().hasPrefix(scheme) ? String($0.dropFirst(scheme.count)) : nil }
    // All are compared, so that the time it takes does not tell which one it was.
    let fitting = accounts.filter { $0.isOpened(by: secret) }
    guard let account = fitting.max(by: { $0.role < $1.role }) else {
      throw DashboardError(
        .unauthorized,
        "\(secret == nil ? "a token is needed" : "that token opens nothing"): open the address that `attune dashboard` printed")
    }
    return account
  }

  private func isOurs(_ host: String) -> Bool {
    if hosts.contains(host) { return port == (isSecure ? 443 : 80) }
    guard let colon = host.lastIndex(of: ":"), Int(host[host.index(after: colon)...]) == port else { return false }
    return hosts.contains(String(host[..<colon]))
  }
}
