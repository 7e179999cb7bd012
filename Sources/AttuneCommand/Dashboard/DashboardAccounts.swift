import AttuneDashboard
import Foundation

/// Who may use the dashboards of a folder: a file that its owner alone can read, one line a person, `role user token`.
///
/// It stays when the server ends, so that a page that is open goes on with the next one.
struct DashboardAccounts {
  private let file: URL

  init(_ workspace: Workspace) { file = workspace.folder.appending(path: "dashboard.accounts") }

  /// All of them; the first time an owner of that name is made.
  /// - Throws: `Failure` for a line that is none, or a file that cannot be written.
  func all(owner: String) throws -> [DashboardAccount] {
    let accounts = try read()
    return accounts.isEmpty ? [try add(user: owner, role: .owner)] : accounts
  }

  /// Gives a person another role, or a first one.
  /// - Throws: `Failure` for a name that has blanks, or a file that cannot be written.
  func add(user: String, role: DashboardRole) throws -> DashboardAccount {
    guard !user.isEmpty, !user.contains(where: \.isWhitespace) else {
      throw Failure(.badInput, "a user's name is one word; got '\(user)'. Nothing was changed")
    }
    var generator = SystemRandomNumberGenerator()
    let token = (0..<4).map { _ in String(generator.next() as UInt64, radix: 36) }.joined()
    let account = DashboardAccount(user: user, role: role, token: token)
    try write(try read().filter { $0.user != user } + [account])
    return account
  }

  private func read() throws -> [DashboardAccount] {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return try text.split(separator: "\n").enumerated().map { index, line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let role = DashboardRole(rawValue: words[0]) else {
        let roles = DashboardRole.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.badInput, "\(file.path), line \(index + 1): a line is ROLE USER TOKEN, with a role of \(roles)")
      }
      return DashboardAccount(user: words[1], role: role, token: words[2])
    }
  }

  private func write(_ accounts: [DashboardAccount]) throws {
    let text = accounts.map { "\($0.role.rawValue) \($0.user) \($0.token ?? "")\n" }.joined()
    let beside = file.appendingPathExtension("new")
    unlink(beside.path)
    guard FileManager.default.createFile(atPath: beside.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
      rename(beside.path, file.path) == 0
    else { throw Failure(.failed, "\(file.path) cannot be written: \(String(cString: strerror(errno)))") }
  }
}
