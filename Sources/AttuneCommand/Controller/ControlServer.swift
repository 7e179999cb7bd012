import AttuneCore
import AttuneEngine
import AttuneFleet
import AttuneValues
import AttuneWire
import Foundation
import Synchronization

/// The socket of an experiment's controller: where `attune set`, `stop`, `ps` and `watch` knock.
///
/// It speaks the live protocol for every running trial, and the methods of `ControlMethod`. Every move it makes goes through the
/// driver, and so into the journal.
final class ControlServer: Sendable {
  private let loop: LineLoop
  private let desk: ControlDesk
  private let address: SocketAddress

  /// - Throws: `Failure` when no socket can be made.
  init(name: String, folder: URL, driver: ExperimentDriver, fleet: LocalFleets?) throws {
    do {
      let directory = try RuntimeDirectory()
      let desk = ControlDesk(name: name, folder: folder, driver: driver, fleet: fleet)
      loop = try LineLoop(name: "attune-control") { loop, event in
        switch event {
        case .opened: break
        case .closed(let peer): desk.forget(peer)
        case .line(let peer, let line): ControlServer.answer(line, from: peer, on: loop, desk)
        }
      }
      self.desk = desk
      address = try loop.listen(at: directory.experimentAddress(name: "\(name)-\(getpid())"))
    } catch {
      throw Failure(.failed, "control socket: \(error)")
    }
    ControlPointer(address: address, pid: Int(getpid())).write(to: folder)
  }

  /// Tells subscribers what the journal brings, until the experiment ends.
  func follow(_ updates: AsyncStream<ExperimentUpdate>) async {
    for await update in updates { desk.tell(update, on: loop) }
  }

  /// Hangs up and removes the socket.
  func stop() { loop.stop() }

  private static func answer(_ line: [UInt8], from peer: Peer, on loop: LineLoop, _ desk: ControlDesk) {
    do throws(WireFailure) {
      guard case .request(let id, let method, let parameters) = try WireMessage(parsing: line) else { return }
      Task {
        do throws(WireFailure) {
          let result = try await desk.answer(method, parameters, for: peer)
          loop.send(WireMessage.result(id: id, result).json, to: peer)
        } catch {
          loop.send(WireMessage.failure(id: id, error).json, to: peer)
        }
      }
    } catch {
      loop.send(WireMessage.failure(id: .null, error).json, to: peer)
    }
  }
}
