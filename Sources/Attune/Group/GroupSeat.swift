import AttuneWire

/// Which rank of which group a process is, as its launcher has told it.
struct GroupSeat: Sendable {
  /// From 0; the leader is 0.
  let rank: Int
  /// How many ranks there are.
  let world: Int
  let address: SocketAddress
  /// What proves over TCP that a rank belongs to the group; `nil` for a Unix socket.
  let token: String?

  /// Where launchers tell a process its rank, and how many there are. The program's own word comes first.
  private static let launchers = [
    ("ATTUNE_RANK", "ATTUNE_WORLD"), ("RANK", "WORLD_SIZE"), ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
    ("SLURM_PROCID", "SLURM_NTASKS"),
  ]
  /// What all ranks of one start of one job share, and no other job on the machine has.
  private static let names = [
    "MASTER_ADDR", "MASTER_PORT", "TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid",
    "SLURM_JOB_ID", "SLURM_STEP_ID",
  ]
  private static let localSizes = ["LOCAL_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"]

  /// Whether the environment says that the process is another rank than the first of several. Slurm's word does not count here: an
  /// agent that `srun` started hands it on to programs that run by themselves.
  static func isFollower(_ read: (String) -> String?) -> Bool {
    guard let (rank, world) = place(Array(launchers.dropLast()), read) else { return false }
    return world > 1 && rank > 0
  }

  /// - Parameter read: one variable of the environment.
  /// - Returns: `nil` for a program that runs alone.
  /// - Throws: `LiveError` when what is known does not fit together, or does not say where the leader is.
  static func found(rank: Int?, world: Int?, address: String?, _ read: @escaping (String) -> String?) throws(LiveError) -> GroupSeat? {
    let told = place(launchers, read)
    guard let rank = rank ?? told?.rank, let world = world ?? told?.world else {
      guard rank == nil, world == nil else {
        throw LiveError(message: "a group needs a rank and the number of ranks; only one of them is known. The program is in no group.")
      }
      return nil
    }
    guard world > 0, (0..<world).contains(rank) else {
      throw LiveError(message: "rank \(rank) of \(world) refused: allowed 0..<\(max(1, world)). The program is in no group.")
    }
    guard world > 1 else { return nil }
    let place: String
    if let named = address ?? read("ATTUNE_GROUP") { place = named } else { place = try derivedPath(world, read) }
    let address = SocketAddress(place)
    let token = read("ATTUNE_GROUP_TOKEN")
    if case .tcp = address, token == nil {
      throw LiveError(message: "a group at \(place) needs ATTUNE_GROUP_TOKEN, the same for every rank. The program is in no group.")
    }
    return GroupSeat(rank: rank, world: world, address: address, token: token)
  }

  private static func place(_ launchers: [(String, String)], _ read: (String) -> String?) -> (rank: Int, world: Int)? {
    for (rank, world) in launchers {
      if let rank = read(rank).flatMap({ Int($0) }), let world = read(world).flatMap({ Int($0) }) { return (rank, world) }
    }
    return nil
  }

  private static func derivedPath(_ world: Int, _ read: @escaping (String) -> String?) throws(LiveError) -> String {
    let shared = names.compactMap { name in read(name).map { "\(name)=\($0)" } }
    let isSpread = localSizes.contains { read($0).flatMap { Int($0) }.map { $0 < world } ?? false }
    guard !shared.isEmpty, !isSpread else {
      let problem = isSpread ? "the ranks are on several machines" : "nothing says where the leader of the group is"
      throw LiveError(message: "\(problem): set ATTUNE_GROUP to a path or HOST:PORT, the same for every rank. The program is in no group.")
    }
    do {
      return "\(try RuntimeDirectory(environment: read).path)/ranks-\(hash(shared.joined(separator: "\n"))).group"
    } catch {
      throw LiveError(message: "\(error) The program is in no group.")
    }
  }

  /// FNV-1a, 64 bits, in hexadecimal figures: the same in every language.
  private static func hash(_ text: String) -> String {
    String(text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
  }
}
