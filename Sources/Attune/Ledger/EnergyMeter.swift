import AttuneWire
import Synchronization

/// What the machine has used since the program began to use Attune: its processor packages and the GPUs that the program may use.
final class EnergyMeter: Sendable {
  private struct Sources {
    var packages: PackageEnergy?
    var graphics: GraphicsEnergy?
  }

  private let sources = Mutex(Sources())
  private let powercap: String

  /// - Parameter powercap: where Linux shows the packages' counters.
  init(powercap: String = "/sys/class/powercap") { self.powercap = powercap }

  /// Begins to count. May take a moment, so not on the program's own thread.
  /// - Parameter visibleGPUs: `CUDA_VISIBLE_DEVICES`; `nil` for all.
  func begin(visibleGPUs: String?) {
    let packages = PackageEnergy(powercap: powercap)
    let graphics = GraphicsEnergy(visible: visibleGPUs)
    sources.withLock { $0 = Sources(packages: packages, graphics: graphics) }
  }

  /// Whether it must be asked once a minute lest a counter runs over unseen.
  var runsOver: Bool { sources.withLock { $0.packages != nil } }

  /// What was used so far; `nil` when nothing can be measured.
  func read() -> Energy? {
    sources.withLock { sources in
      let packages = sources.packages?.joules()
      let graphics = sources.graphics?.joules()
      let names = [packages.map { _ in "rapl" }, graphics.map { _ in "nvml" }].compactMap(\.self)
      return names.isEmpty ? nil : Energy(joules: (packages ?? 0) + (graphics ?? 0), source: names.joined(separator: "+"))
    }
  }
}
