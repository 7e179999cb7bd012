#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
@testable import AttuneWire

func fileMode(_ path: String) throws -> UInt32 {
  var status = stat()
  guard lstat(path, &status) == 0 else { throw WireError.system(path, systemMessage(errno)) }
  return UInt32(status.st_mode & 0o777)
}

/// What a killed process leaves behind: a socket file at which nobody listens.
func makeDeadSocket(_ address: SocketAddress) throws {
  try Descriptor.listening(at: address).close()
}
