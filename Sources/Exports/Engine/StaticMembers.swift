package import Profiles
package import Segments

/// Keeps the members of static segments. Calls block; they throw `EngineError`, and `CancellationError` soon after
/// the limits' question has been answered with yes. What is not finished has changed nothing.
package protocol StaticMembers: Sendable {
    /// Makes the profiles a predicate holds for now the members of a static segment, in place of those it
    /// had. Returns how many there are.
    func freeze(_ predicate: Predicate, as segment: Segment.ID, _ limits: CallLimits) throws -> Int

    /// Makes the profiles with these ids the members of a static segment. Returns how many there are, and
    /// the ids that no profile has.
    func freeze(
        ids: [Profile.ID], as segment: Segment.ID, _ limits: CallLimits
    ) throws -> (members: Int, unknown: [Profile.ID])

    /// Forgets the members of a static segment that is none any more.
    func removeMembers(of segment: Segment.ID, _ limits: CallLimits) throws
}
