/// What is being told to the present controller, and how far it has been told.
struct AgentSession {
  /// Notices told ahead of the acknowledgement, so that a controller that cannot follow holds up the sender and not its memory.
  static let window: UInt64 = 8192

  /// Counts the sessions; an older one has nothing more to say.
  private(set) var number = 0
  /// Whether there is a controller.
  private(set) var isOpen = false
  /// Up to here everything is in the controller's journal.
  var acknowledged: UInt64 = 0
  /// The offset in the spool after the last acknowledged notice.
  var acknowledgedOffset = 0
  /// The offset in the spool of what is told next, and the number of the last notice before it.
  var offset = 0
  var told: UInt64 = 0
  /// Notices that are not kept, told before those that are.
  private(set) var transient: [ProtoNotice] = []
  /// Told once the spool has been told up to the offset: what happened before comes first.
  var welcome: (notice: ProtoNotice, offset: Int)?
  /// Whether the end has been told.
  var hasToldEnd = false
  private var waiter: CheckedContinuation<Void, Never>?

  /// A new controller takes the place of the one before.
  mutating func begin() {
    number += 1
    isOpen = true
    transient = []
    welcome = nil
    hasToldEnd = false
    offset = acknowledgedOffset
    told = acknowledged
    wake()
  }

  mutating func end() {
    isOpen = false
    transient = []
    wake()
  }

  /// Tells a notice that is not kept; without a controller it is gone.
  mutating func tell(_ notice: ProtoNotice) {
    guard isOpen else { return }
    transient.append(notice)
    wake()
  }

  mutating func takeTransient() -> [ProtoNotice] {
    defer { transient = [] }
    return transient
  }

  mutating func wait(_ continuation: CheckedContinuation<Void, Never>) {
    waiter?.resume()
    waiter = continuation
  }

  mutating func wake() {
    waiter?.resume()
    waiter = nil
  }
}
