import ArgumentParser
import AttuneCore

/// `maximize` or `minimize`, as `--goal` takes it.
extension Objective.Goal: ExpressibleByArgument {}
