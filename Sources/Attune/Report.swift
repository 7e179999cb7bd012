import AttuneValues

/// Reports metrics of a completed step: `LiveRegistry.shared.report(step:_:)`.
/// - Precondition: `step >= 1`.
public func report(step: Int? = nil, _ metrics: [String: Double]) {
  LiveRegistry.shared.report(step: step, metrics)
}

/// The parameters of the experiment's configuration; empty without one.
public var configuration: [String: Value] { LiveRegistry.shared.configuration }

/// A parameter of the configuration that stays what it is.
/// - Returns: `initial` when there is no configuration, no such parameter, or one of another type.
public func configured<Scalar: LiveValue>(_ name: String, _ initial: Scalar) -> Scalar {
  configuration[name].flatMap(Scalar.fromLiveScalar) ?? initial
}
