import Acts
import Segments

/// The profiles that a rule and its parts hold for.
struct SegmentEditorCounts: Sendable {
    /// Nil while the rule is not complete.
    let total: Int?
    let everyone: Int
    let parts: [RuleFormPath: Int]

    /// Most rows and groups that are counted.
    static let partsMax = 250

    /// Counts everything in one pass. Throws `CancellationError` when the editor has asked anew.
    static func counting(
        _ outcome: SegmentEditorForm.Outcome, for editor: CountDesk.Editor?, _ desk: CountDesk
    ) async throws -> SegmentEditorCounts {
        let parts = Array((outcome.meaning?.parts ?? [:]).prefix(partsMax))
        let whole = outcome.rule.map { [$0.predicate] } ?? []
        let counts = try await desk.counts(
            of: parts.map(\.value) + whole + [.always], for: editor)
        return SegmentEditorCounts(
            total: whole.isEmpty ? nil : counts[parts.count], everyone: counts.last ?? 0,
            parts: Dictionary(uniqueKeysWithValues: zip(parts.map(\.key), counts)))
    }
}
