import Attune

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program for `Benchmarks/test_survival.py`: it is tuned, and does on its standard input's word what training programs do by accident.
///
/// Words: `value`, `step N`, `take` (every descriptor that the system gives), `free`, `fork` (a child that lives until it is killed, and uses
/// what it has inherited), `exec` (a child that lists its descriptors), `quit`. Each is answered by one line.
@main
struct TunedProgram {
  static func main() {
    let rate = LiveVariable("rate", 0.1, in: 0...1)
    let save = LiveTrigger("save")
    LiveRegistry.shared.report(step: 1, ["loss": 1])
    say("ready")
    var taken: [Int32] = []
    while let line = readLine() {
      let words = line.split(separator: " ")
      switch words.first {
      case "value": say("\(rate()) \(save.fired())")
      case "step":
        LiveRegistry.shared.step(words.last.flatMap { Int($0) } ?? 0)
        say("done")
      case "take":
        while true {
          let file = open("/dev/null", O_RDONLY)
          if file < 0 { break }
          taken.append(file)
        }
        say("\(taken.count)")
      case "free":
        for file in taken { close(file) }
        taken = []
        say("done")
      case "fork": forkAndStay()
      case "exec": listDescriptorsOfAChild()
      default: return
      }
    }
  }

  /// Flushed, for it goes into a pipe.
  private static func say(_ line: String) {
    print(line)
    fflush(nil)
  }

  /// Swift hides `fork`; C libraries under a program, as the loaders of data are, call it all the same.
  private static func forkAndStay() {
    typealias Fork = @convention(c) () -> Int32
    guard let symbol = dlsym(nil, "fork") else { return say("no fork") }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    guard child == 0 else { return say("\(child)") }
    LiveRegistry.shared.report(["loss": 2])
    LiveRegistry.shared.step(100)
    LiveRegistry.shared.finish(within: .zero)
    say("child done")
    while true { pause() }
  }

  private static func listDescriptorsOfAChild() {
    var child = pid_t()
    let words = ["/bin/sh", "-c", "readlink /proc/self/fd/* | tr '\\n' ' '; echo"]
    var arguments = words.map { strdup($0) } + [nil]
    guard posix_spawn(&child, words[0], nil, nil, &arguments, environ) == 0 else { return say("no child") }
    waitpid(child, nil, 0)
    for argument in arguments { free(argument) }
  }
}
