import AttuneCore
import AttuneValues

/// What was saved, for a person or a program.
struct SavingsReport {
  let name: String
  let savings: Savings

  var text: String {
    let restarts = savings.restarts
    guard !restarts.isEmpty else { return "\(name): no values were changed, so no restart was avoided" }
    var lines = ["\(name): \(restarts.count) change\(restarts.count == 1 ? "" : "s") took effect without a restart"]
    lines += restarts.map(Self.line)
    lines.append("together  \(total(\.seconds, Self.seconds)): warm-up \(total(\.warmup, Self.seconds)), ")
    lines[lines.count - 1] += "repeated steps \(total(\.repeated, Self.seconds)); energy \(energy)"
    lines.append("not in it: the time until somebody notices and starts the program again")
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "name": .string(name), "restarts": .int(savings.restarts.count), "warmup_seconds": sum(\.warmup),
      "repeated_seconds": sum(\.repeated), "seconds": sum(\.seconds), "joules": sum(\.joules),
      "energy_sources": .array(savings.energySources.map(JSON.string)), "changes": .array(savings.restarts.map(Self.json)),
    ]
  }

  private static func line(_ restart: Savings.Restart) -> String {
    let place = restart.checkpoint > 0 ? "since the checkpoint of step \(restart.checkpoint)" : "since the start"
    let steps = max(0, restart.change.step - restart.checkpoint)
    let what = Numbers.short(Configuration(restart.change.values))
    return
      "  \(restart.name), change \(restart.change.number) after step \(restart.change.step) (\(what), by \(restart.change.by)): "
      + "\(seconds(restart.seconds)) = warm-up \(seconds(restart.warmup)) + \(seconds(restart.repeated)) for \(steps) steps \(place)"
      + (restart.joules.map { "; \(joules($0))" } ?? "")
  }

  private var energy: String {
    let sources = savings.energySources.isEmpty ? "" : ", counted by \(savings.energySources.joined(separator: ", ")) for the whole device"
    return total(\.joules, Self.joules) + (savings.restarts.contains { $0.joules != nil } ? sources : "")
  }

  /// What was measured, and of how many restarts.
  private func total(_ part: KeyPath<Savings.Restart, Double?>, _ text: (Double) -> String) -> String {
    let measured = savings.restarts.compactMap { $0[keyPath: part] }
    guard !measured.isEmpty else { return "not measured" }
    let missing = savings.restarts.count - measured.count
    return text(measured.reduce(0, +)) + (missing > 0 ? " (not measured for \(missing) of them)" : "")
  }

  private func sum(_ part: KeyPath<Savings.Restart, Double?>) -> JSON {
    let measured = savings.restarts.compactMap { $0[keyPath: part] }
    return measured.count == savings.restarts.count ? .number(measured.reduce(0, +)) : .null
  }

  private static func seconds(_ value: Double) -> String {
    value < 120 ? "\(Numbers.short(value)) s" : "\(Numbers.clock(value)) (\(Numbers.short(value)) s)"
  }
  private static func seconds(_ value: Double?) -> String { value.map { seconds($0) } ?? "not measured" }
  private static func joules(_ value: Double) -> String {
    value < 10_000 ? "\(Numbers.short(value)) J" : "\(Numbers.short(value / 1000)) kJ"
  }

  private static func json(_ restart: Savings.Restart) -> JSON {
    [
      "run": .string(restart.name), "number": .int(restart.change.number), "step": .int(restart.change.step),
      "checkpoint": .int(restart.checkpoint), "warmup_seconds": restart.warmup.map(JSON.number) ?? .null,
      "repeated_seconds": restart.repeated.map(JSON.number) ?? .null, "joules": restart.joules.map(JSON.number) ?? .null,
    ]
  }
}
