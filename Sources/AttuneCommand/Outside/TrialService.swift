import AttuneValues
import AttuneWire
import Foundation

/// Answers a program that has started this one to ask and tell: JSON-RPC lines on standard input and output, one after the other.
struct TrialService {
  let desk: TrialDesk

  /// Until standard input ends, as it does when the program dies.
  func run() async {
    while let text = readLine(strippingNewline: true) {
      guard !text.isEmpty else { continue }
      let answer: WireMessage
      do throws(WireFailure) {
        guard case .request(let id, let method, let parameters) = try WireMessage(parsing: Array(text.utf8)) else { continue }
        do throws(WireFailure) {
          answer = .result(id: id, try await result(of: method, parameters))
        } catch { answer = .failure(id: id, error) }
      } catch { answer = .failure(id: .null, error) }
      guard write(answer) else { return }
    }
  }

  private func result(of method: String, _ parameters: JSON) async throws(WireFailure) -> JSON {
    do {
      switch desk {
      case .controller(let client): return try client.request(method, parameters, within: .seconds(600))
      case .here(let own): return try await own.answer(method, parameters)
      }
    } catch let failure as WireFailure {
      throw failure
    } catch WireError.answered(let failure) {
      throw failure
    } catch {
      throw WireFailure(.notReachable, "\(error)")
    }
  }

  /// - Returns: whether anybody reads.
  private func write(_ message: WireMessage) -> Bool {
    var line: [UInt8] = []
    message.json.write(to: &line)
    line.append(UInt8(ascii: "\n"))
    return line.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Foundation.write(STDOUT_FILENO, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count <= 0 { return false }
        written += count
      }
      return true
    }
  }
}
