import Foundation
import Testing

@testable import AttuneCommand

@Suite struct StandardPathTests {
  @Test(arguments: [
    "e.yaml", "./e.yaml", "../e.yaml", "a//b/./c/../e.yaml", "/a/b/../../c", "/", "/..", "/a/", "a/", ".", "..", "",
    "../../../../../../../x",
    "ä ö/%20/e?.yaml#x", ".attune", "a/...", "/a/./b//",
  ]) func isWhatFoundationSays(path: String) {
    let here = "/home/ada/work"
    let theirs = URL(filePath: path, relativeTo: URL(filePath: here, directoryHint: .isDirectory)).standardizedFileURL.path
    #expect(StandardPath.of(path, in: here) == (theirs.count > 1 && theirs.hasSuffix("/") ? String(theirs.dropLast()) : theirs))
  }

  @Test func foldersEndAtTheRoot() {
    #expect(StandardPath.folder(of: "/a/b") == "/a")
    #expect(StandardPath.folder(of: "/a") == "/")
    #expect(StandardPath.folder(of: "/") == "/")
  }
}
