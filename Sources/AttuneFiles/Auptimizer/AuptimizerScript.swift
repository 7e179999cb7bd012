#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The command of an Auptimizer job: the script, its own arguments, then the configuration's path.
enum AuptimizerScript {
  /// Auptimizer starts the script itself, cut at spaces, from the working directory. A Python script that could not be started so,
  /// because it is not executable or does not name its interpreter, is given to `python3`.
  static func command(_ script: String, in directory: String) -> [String] {
    var words = script.split(separator: " ").map(String.init)
    guard let first = words.first else { return ["{config}"] }
    let local = first.hasPrefix(".") || first.hasPrefix("/") ? first : "./\(first)"
    let file = FilePath.absolute(local, from: directory)
    words[0] = local
    if local.hasSuffix(".py"), access(file, F_OK) == 0, access(file, X_OK) != 0 || !namesInterpreter(file) { words = ["python3"] + words }
    return words + ["{config}"]
  }

  private static func namesInterpreter(_ path: String) -> Bool {
    guard let file = fopen(path, "rb") else { return false }
    defer { fclose(file) }
    return fgetc(file) == Int32(UInt8(ascii: "#")) && fgetc(file) == Int32(UInt8(ascii: "!"))
  }
}
