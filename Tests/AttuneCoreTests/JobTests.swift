import AttuneCore
import AttuneValues
import Testing

@Suite struct JobTests {
  static let words: [(String, String)] = [
    ("{config}", "/c.json"), ("--lr={lr}", "--lr=0.5"), ("{lr}{lr}", "0.50.5"), ("{momentum}", ""), ("{other}", "{other}"), ("a{", "a{"),
    ("{{lr}}", "{0.5}"), ("{text}", "{lr}"), ("{seed}", "7"), ("{\"lr\": {lr}}", "{\"lr\": 0.5}"),
  ]

  @Test(arguments: words)
  func fills(word: String, expected: String) throws {
    let space = try SearchSpace([
      Parameter("lr", .float(lower: 0, upper: 1)), Parameter("momentum", .float(lower: 0, upper: 1)), Parameter("text", .choice(["{lr}"])),
    ])
    let configuration = Configuration(["lr": 0.5, "text": "{lr}"])
    let job = Job(command: ["train", word], directory: "/")
    #expect(job.arguments(for: configuration, in: space, configurationPath: "/c.json", seed: 7) == ["train", expected])
  }
}
