import AttuneCore
import Foundation

/// How numbers stand on a terminal.
enum Numbers {
  /// Four significant digits: `0.9722`, `1.3e-05`, `1234`.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
    return String(format: "%.4g", value)
  }

  /// `0:42`, `12:05`, `3:07:00`, `2d 03:00:00`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds))
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60)
    if days > 0 { return String(format: "%dd %02d:%02d:%02d", days, hours, minutes, rest) }
    return hours > 0 ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
  }
}

extension Numbers {
  /// `batch=32 learning_rate=0.009677`, in the order given, the others behind them by name.
  static func short(_ configuration: Configuration, order: [String] = []) -> String {
    (order + configuration.values.keys.sorted().filter { !order.contains($0) }).compactMap { name in
      configuration[name].map { value in if case .float(let number) = value { "\(name)=\(short(number))" } else { "\(name)=\(value)" } }
    }.joined(separator: " ")
  }

  /// `2026-11-21 08:22` in the local time zone.
  static func date(_ time: Timestamp) -> String {
    let formatter = DateFormatter()
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    return formatter.string(from: Date(timeIntervalSince1970: time.seconds))
  }
}
