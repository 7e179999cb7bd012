#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The energy counters of the machine's processor packages (RAPL), as Linux shows them below `/sys/class/powercap`.
///
/// A counter runs over: at full load some do after ten minutes, so it is to be read once a minute. Many systems let only root read it.
struct PackageEnergy: Sendable {
  private struct Package {
    let counter: String
    /// Where the counter begins again at 0, in microjoules.
    let range: UInt64
    var last: UInt64
  }

  private var packages: [Package]
  private var microjoules: UInt64 = 0

  /// Begins to count.
  /// - Returns: `nil` when no package's counter can be read.
  init?(powercap directory: String) {
    // Zones within a package (`intel-rapl:0:0`) and the whole platform (`psys`) would count the same energy twice.
    packages = Self.zones(in: directory).compactMap { zone in
      guard Self.text(of: "\(zone)/name")?.hasPrefix("package") ?? false, let last = Self.number(in: "\(zone)/energy_uj") else {
        return nil
      }
      return Package(counter: "\(zone)/energy_uj", range: Self.number(in: "\(zone)/max_energy_range_uj") ?? 0, last: last)
    }
    if packages.isEmpty { return nil }
  }

  /// Joules since the beginning. A counter that cannot be read this time is caught up with the next time.
  mutating func joules() -> Double {
    for index in packages.indices {
      guard let now = Self.number(in: packages[index].counter) else { continue }
      let last = packages[index].last
      microjoules += now >= last ? now - last : packages[index].range - min(last, packages[index].range) + now
      packages[index].last = now
    }
    return Double(microjoules) / 1e6
  }

  /// The zones of whole packages: `intel-rapl:N`, also on machines of other makers.
  private static func zones(in directory: String) -> [String] {
    guard let listing = opendir(directory) else { return [] }
    defer { closedir(listing) }
    var zones: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let parts = name.split(separator: ":")
      if parts.count == 2, parts[0] == "intel-rapl" { zones.append("\(directory)/\(name)") }
    }
    return zones.sorted()
  }

  private static func text(of path: String) -> String? {
    contents(ofFile: path).map { String(decoding: $0.filter { $0 > UInt8(ascii: " ") }, as: UTF8.self) }
  }

  private static func number(in path: String) -> UInt64? { text(of: path).flatMap { UInt64($0) } }
}
