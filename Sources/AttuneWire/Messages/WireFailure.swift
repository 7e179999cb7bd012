import AttuneValues

/// Why a request was refused. The numbers are JSON-RPC's, and above 0 our own.
public enum WireErrorCode: Int, Hashable, Sendable {
  /// The line is not JSON, or too long.
  case parse = -32700
  /// JSON, but no message.
  case invalidRequest = -32600
  case unknownMethod = -32601
  case invalidParameters = -32602
  /// Any other of JSON-RPC's.
  case `internal` = -32603
  /// No variable or trigger of that name.
  case unknownTag = 1
  /// A validator, a range, a type or a wrong token said no.
  case refused = 2
  /// The program that it is for is not connected.
  case notReachable = 3
  case timedOut = 4
}

/// A refusal: a number for programs, one line for people.
public struct WireFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// For programs.
  public let code: WireErrorCode
  /// One line: the thing, what arrived, what is allowed, what happened.
  public let message: String

  /// A refusal.
  public init(_ code: WireErrorCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The `error` member of a message; what is missing is filled in, for it comes from outside.
  public init(json: JSON) {
    code = json["code"]?.int.flatMap(WireErrorCode.init) ?? .internal
    message = json["message"]?.string ?? "refused without a reason"
  }

  /// The `error` member of a message.
  public var json: JSON { ["code": .int(code.rawValue), "message": .string(message)] }

  /// The message.
  public var description: String { message }
}
