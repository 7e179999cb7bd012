import AttuneValues
import AttuneWire
import Foundation

/// A small file in an experiment's folder that says where its controller listens.
struct ControlPointer {
  let address: SocketAddress
  let pid: Int

  /// Best effort: without it the experiment runs as well, and commands say that they cannot reach it.
  func write(to folder: URL) {
    let document: JSON = ["socket": .string("\(address)"), "pid": .int(pid)]
    try? Data((document.text + "\n").utf8).write(to: Self.file(in: folder), options: .atomic)
  }

  /// The controller that is at work in the folder; `nil` when none is.
  static func read(from folder: URL) -> ControlPointer? {
    guard ControllerLock.isHeld(in: folder), let data = try? Data(contentsOf: file(in: folder)),
      let document = try? JSON(parsing: Array(data)), let socket = document["socket"]?.string, let pid = document["pid"]?.int
    else { return nil }
    return ControlPointer(address: SocketAddress(socket), pid: pid)
  }

  /// Of a controller that is gone; for whoever holds the lock.
  static func remove(from folder: URL) { unlink(file(in: folder).path) }

  private static func file(in folder: URL) -> URL { folder.appending(path: "controller.json") }
}
