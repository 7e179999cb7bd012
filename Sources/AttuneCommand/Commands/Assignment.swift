/// `TAG=VALUE`, as a person types it.
enum Assignment {
  /// Reads them, in their order.
  /// - Throws: `Failure`: bad input when one has no `=`, no tag, or a tag that another one has.
  static func read(_ words: [String]) throws(Failure) -> [(tag: String, text: String)] {
    var read: [(tag: String, text: String)] = []
    for word in words {
      guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
        throw Failure(.badInput, "'\(word)' is no assignment; expected TAG=VALUE, e.g. learning_rate=0.01. Nothing was changed")
      }
      let tag = String(word[..<equals])
      guard !read.contains(where: { $0.tag == tag }) else { throw Failure(.badInput, "'\(tag)' is given twice. Nothing was changed") }
      read.append((tag, String(word[word.index(after: equals)...])))
    }
    return read
  }
}
