import AttuneCore

extension ProtoConfigure {
  /// What an agent must know to run the attempts of an experiment.
  /// - Parameter trialsDirectory: where `N/attempts/K` go.
  init(_ definition: ExperimentDefinition, experiment: String, trialsDirectory: String) {
    self.init()
    self.experiment = experiment
    self.trialsDirectory = trialsDirectory
    slots = UInt32(definition.resources.localSlots)
    command = definition.job.command
    parameters = definition.space.parameters.map(\.name)
    directory = definition.job.directory
    environment = definition.job.environment
    if let pattern = definition.job.pattern { self.pattern = pattern }
    if let threads = definition.job.threads { self.threads = UInt32(threads) }
    isAuptimizer = definition.job.isAuptimizer
    metric = definition.objective.metric
    graceSeconds = definition.limits.grace
    if let limit = definition.limits.trialTime { limitSeconds = limit }
    if let steps = definition.limits.steps { self.steps = UInt64(steps) }
    suspend = definition.suspend.rawValue
    suspendSeconds = definition.limits.suspend ?? Limits.defaultSuspend
  }
}
