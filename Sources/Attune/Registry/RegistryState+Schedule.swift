import AttuneWire

/// The way of a schedule's line: it is checked as soon as all that it names is declared, and takes effect at its step.
extension RegistryState {
  /// The lines of the schedule that the declaration of a variable has made checkable.
  mutating func claimSchedule(for tag: String) -> [(place: Int, entry: Schedule.Entry)] {
    schedule.isOver ? [] : schedule.claim(variable: tag) { variables[$0] != nil }
  }

  /// The program has completed a step: what the schedule has for it takes effect, in the order of the file.
  mutating func followSchedule(step: Int, time: Double) -> [ChangeNotice] {
    guard !schedule.isOver else { return [] }
    var applied: [ChangeNotice] = []
    for line in schedule.takeDue(at: step) {
      let circumstances = Circumstances(reason: line.reason, by: line.by ?? ScheduleLine.author)
      if let trigger = line.trigger {
        pull(Wish(trigger: trigger, payload: line.payload, number: 0, circumstances: circumstances))
      } else {
        // Changes of earlier attempts stay: a person's of a later step is newer than the schedule.
        for (tag, value) in line.values { give(tag, value) }
        applied.append(note(Wish(values: line.values, number: 0, circumstances: circumstances), step: step, time: time))
      }
    }
    return applied
  }

  /// Lines whose step has come and that name what the program does not have (yet), for the person who wrote them.
  mutating func missedLines() -> [(line: Int, message: String)] {
    guard !schedule.isOver else { return [] }
    return schedule.takeMissed().map { entry in
      let line = entry.line
      let problem =
        if let trigger = line.trigger {
          unknown("trigger", trigger, known: triggerTags)
        } else {
          unknown("variable", line.values.keys.sorted().first { variables[$0] == nil } ?? "", known: tags)
        }
      return (entry.number, "\(problem.message) The line takes effect when that is declared.")
    }
  }
}
