import Foundation

/// The page's own files, read once: what is not among them cannot be asked for, whatever a path says.
public struct PageFiles: Sendable {
  /// A file of the page.
  struct File: Sendable {
    let bytes: [UInt8]
    let type: String
    /// Changes with the content, so that browsers ask once and keep it.
    let tag: String
  }

  private static let types = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
    "json": "application/json",
  ]

  private let files: [String: File]

  /// - Parameter folder: with `index.html`; files of other kinds than those a page is made of are left out.
  /// - Throws: `DashboardError` when it is no such folder.
  public init(folder: URL) throws(DashboardError) {
    var files: [String: File] = [:]
    let walker = FileManager.default.enumerator(atPath: folder.path)
    while let path = walker?.nextObject() as? String {
      let url = folder.appending(path: path)
      guard let type = Self.types[url.pathExtension], let data = try? Data(contentsOf: url) else { continue }
      files["/" + path] = File(bytes: Array(data), type: type, tag: "\"\(Self.checksum(data))\"")
    }
    files["/"] = files["/index.html"]
    guard files["/"] != nil else {
      throw DashboardError(.failed, "\(folder.path) has no index.html: the dashboard's page is not installed")
    }
    self.files = files
  }

  /// The file of a path, as `/style.css`; `nil` when there is none.
  subscript(path: String) -> File? { files[path] }

  /// FNV-1a, 64 bits.
  private static func checksum(_ data: Data) -> String {
    String(data.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
  }
}
