import AttuneCore
import AttuneValues

extension Adoption {
  /// For a program.
  var json: JSON {
    [
      "number": .int(number), "trial": .int(donor.rawValue), "step": .int(step), "left": .int(left), "configuration": configuration.json,
      "way": .string(way.rawValue),
    ]
  }
}
