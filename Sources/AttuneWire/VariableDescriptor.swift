import AttuneValues

/// What a live variable says of itself: enough for a person's slider, and enough to refuse what the program could not bear.
public struct VariableDescriptor: Hashable, Sendable {
  /// The type of its values.
  public enum Kind: String, Hashable, Sendable {
    case bool, int, float, string, choice
  }

  /// How its values are spread: what a slider shows.
  public enum Scale: String, Hashable, Sendable {
    case linear
    case log
  }

  /// When an accepted value takes effect.
  public enum Applies: String, Hashable, Sendable {
    /// As soon as it is accepted.
    case immediately
    /// At the program's next step, so that one step sees one consistent set.
    case atStep
  }

  /// Its name, unique in the program.
  public var tag: String
  /// The type of its values.
  public var kind: Kind
  /// The least allowed number; `nil` for no bound.
  public var minimum: Double?
  /// The greatest allowed number; `nil` for no bound.
  public var maximum: Double?
  /// How a slider shows it.
  public var scale: Scale
  /// When an accepted value takes effect.
  public var applies: Applies
  private var rest: Rest

  /// What most variables do not say is kept apart: a program may have ten thousand of them.
  private indirect enum Rest: Hashable, Sendable {
    case nothing
    case told(Details)
  }

  private struct Details: Hashable, Sendable {
    var choices: [Value] = []
    var step: Double?
    var unit: String?
    var help: String?
    var group: String?
  }

  /// A variable's description.
  public init(
    tag: String, kind: Kind, minimum: Double? = nil, maximum: Double? = nil, choices: [Value] = [], scale: Scale = .linear,
    step: Double? = nil, unit: String? = nil, help: String? = nil, group: String? = nil, applies: Applies = .immediately
  ) {
    self.tag = tag
    self.kind = kind
    self.minimum = minimum
    self.maximum = maximum
    self.scale = scale
    self.applies = applies
    let details = Details(choices: choices, step: step, unit: unit, help: help, group: group)
    rest = details == Details() ? .nothing : .told(details)
  }

  /// The allowed values of a `choice`; empty for other types.
  public var choices: [Value] { details.choices }
  /// The distance of two neighbouring values on a slider; a hint, not checked.
  public var step: Double? { details.step }
  /// The unit of its values, e.g. `s`.
  public var unit: String? { details.unit }
  /// What it does, in a sentence.
  public var help: String? { details.help }
  /// What it is shown together with.
  public var group: String? { details.group }

  private var details: Details {
    if case .told(let details) = rest { details } else { Details() }
  }
}
