/// How long a trial takes for a step.
///
/// A report counts its seconds from the start of its attempt, so only differences within an attempt are taken: what a program needs to begin
/// is no part of a step. Until there is a difference, a report stands for all the steps before it.
struct Pace: Sendable {
  private var attempt = 0
  private var step = 0
  private var elapsed = 0.0
  private var seconds = 0.0
  private var steps = 0
  private var guess: Double?

  /// Seconds a step; `nil` while they are not known.
  var secondsPerStep: Double? { steps > 0 && seconds > 0 ? seconds / Double(steps) : guess }

  /// A report of that attempt, `elapsed` seconds after its start.
  mutating func take(step: Int, elapsed: Double, attempt: Int) {
    defer { (self.attempt, self.step, self.elapsed) = (attempt, step, elapsed) }
    guard elapsed.isFinite, elapsed > 0 else { return }
    if attempt == self.attempt, step > self.step, elapsed >= self.elapsed {
      seconds += elapsed - self.elapsed
      steps += step - self.step
    } else if guess == nil {
      guess = elapsed / Double(step)
    }
  }

  /// It stands still for a while, which is no part of a step.
  mutating func pause() { attempt = -1 }
}
