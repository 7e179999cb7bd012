import AttuneCore
import AttuneEngine
import Foundation
import Synchronization

/// Shows an experiment's progress on standard error: drawn over in place on a terminal, plain lines into a pipe.
final class ProgressDisplay: Sendable {
  private struct State {
    var progress: Progress
    var drawnLines = 0
  }

  private let state: Mutex<State>
  private let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  private let clock = SystemClock()

  init(_ progress: Progress) { state = Mutex(State(progress: progress)) }

  /// Follows a driver until it ends; on a terminal the picture is drawn at most ten times a second.
  func follow(_ updates: AsyncStream<ExperimentUpdate>) async {
    let ticker = Task { [self] in
      while isTerminal, !Task.isCancelled {
        draw()
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    for await update in updates {
      let lines = state.withLock { $0.progress.take(update) }
      if !isTerminal { for line in lines { write(line + "\n") } }
    }
    ticker.cancel()
    if isTerminal { draw() }
  }

  private func draw() {
    state.withLock { state in
      let lines = state.progress.picture(width: Self.width, at: clock.now)
      var text = state.drawnLines > 0 ? "\u{1B}[\(state.drawnLines)F" : ""
      text += lines.map { "\u{1B}[2K\($0)\n" }.joined() + "\u{1B}[J"
      state.drawnLines = lines.count
      write(text)
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  private static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 100
  }
}
