import AttuneValues

/// A JSON-RPC 2.0 message: what one line of the wire says.
public enum WireMessage: Hashable, Sendable {
  /// Wants an answer with the same id.
  case request(id: JSON, method: String, parameters: JSON)
  /// Wants none.
  case notification(method: String, parameters: JSON)
  /// The answer to a request.
  case result(id: JSON, JSON)
  /// The refusal of a request; the id is null when the request could not be read.
  case failure(id: JSON, WireFailure)
}

extension WireMessage {
  /// Reads one line.
  /// - Throws: `WireFailure` with `.parse` or `.invalidRequest`: what to answer, under a null id.
  public init(parsing line: [UInt8]) throws(WireFailure) {
    let document: JSON
    do {
      document = try JSON(parsing: line)
    } catch {
      throw WireFailure(.parse, "\(error). The line was skipped.")
    }
    try self.init(json: document)
  }

  /// Takes a document for a message.
  /// - Throws: `WireFailure` with `.invalidRequest`.
  public init(json: JSON) throws(WireFailure) {
    guard case .object(let members) = json else { throw Self.invalid("a message is one object") }
    guard members["jsonrpc"] == "2.0" else { throw Self.invalid("\"jsonrpc\" must be \"2.0\"") }
    let id = members["id"]
    if let method = members["method"] {
      guard let name = method.string else { throw Self.invalid("\"method\" must be a string") }
      let parameters = members["params"] ?? .object([:])
      switch id {
      case nil: self = .notification(method: name, parameters: parameters)
      case .some(.string), .some(.int), .some(.float), .some(.null):
        self = .request(id: id ?? .null, method: name, parameters: parameters)
      default: throw Self.invalid("\"id\" must be a number or a string")
      }
    } else if let result = members["result"] {
      self = .result(id: id ?? .null, result)
    } else if let error = members["error"] {
      self = .failure(id: id ?? .null, WireFailure(json: error))
    } else {
      throw Self.invalid("there is neither \"method\" nor \"result\" nor \"error\"")
    }
  }

  /// The message as JSON; on the wire it is one line.
  public var json: JSON {
    switch self {
    case .request(let id, let method, let parameters):
      ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": parameters]
    case .notification(let method, let parameters): ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
    case .result(let id, let value): ["jsonrpc": "2.0", "id": id, "result": value]
    case .failure(let id, let failure): ["jsonrpc": "2.0", "id": id, "error": failure.json]
    }
  }

  private static func invalid(_ problem: String) -> WireFailure {
    WireFailure(.invalidRequest, "not a JSON-RPC 2.0 message: \(problem). The line was skipped.")
  }
}
