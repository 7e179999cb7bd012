import Attune
import CAttune

/// A variable's options, copied out of C.
struct Options {
  var scale = LiveScale.linear
  var step: Double?
  var unit: String?
  var help: String?
  var group: String?
  var applies = LiveApplies.immediately
  private var refuse = Refusers()

  /// Functions and a context that C promises to be callable from any thread.
  private struct Refusers: @unchecked Sendable {
    var number: (@convention(c) (Double, UnsafeMutableRawPointer?) -> UnsafePointer<CChar>?)?
    var text: (@convention(c) (UnsafePointer<CChar>?, UnsafeMutableRawPointer?) -> UnsafePointer<CChar>?)?
    var context: UnsafeMutableRawPointer?
  }

  init(_ pointer: UnsafePointer<attune_options_t>?) throws(Mistake) {
    guard let given = pointer?.pointee else { return }
    scale = given.log_scale ? .log : .linear
    step = given.slider_step > 0 ? given.slider_step : nil
    applies = given.at_step ? .atStep : .immediately
    unit = given.unit == nil ? nil : try text(given.unit, "a unit")
    help = given.help == nil ? nil : try text(given.help, "a help text")
    group = given.group == nil ? nil : try text(given.group, "a group")
    refuse = Refusers(number: given.refuse_number, text: given.refuse_text, context: given.context)
  }

  func numberValidator<Scalar>(_ number: @escaping @Sendable (Scalar) -> Double) -> (@Sendable (Scalar) -> String?)? {
    guard refuse.number != nil else { return nil }
    return { [refuse] value in refuse.number?(number(value), refuse.context).map { String(cString: $0) } }
  }

  var textValidator: (@Sendable (String) -> String?)? {
    guard refuse.text != nil else { return nil }
    return { [refuse] value in refuse.text?(value, refuse.context).map { String(cString: $0) } }
  }
}
