/// What a rule speaks of. An attribute or segment that something speaks of cannot be deleted.
package struct SegmentReferences: Hashable, Sendable {
    /// Names of attributes as written, each once, in the order of the rule.
    package private(set) var attributes: [String] = []
    /// Names of segments as written, each once, in the order of the rule.
    package private(set) var segments: [String] = []

    /// The names that stand in the rule itself, not those behind the segments it uses.
    package init(of rule: Rule) {
        add(rule)
    }

    /// Whether the rule speaks of an attribute of that name, in any spelling of capitals.
    package func mentions(attribute name: String) -> Bool {
        Self.contains(name, in: attributes)
    }

    /// Whether the rule speaks of a segment of that name, in any spelling of capitals.
    package func mentions(segment name: String) -> Bool {
        Self.contains(name, in: segments)
    }

    mutating func formUnion(_ other: SegmentReferences) {
        for name in other.attributes where !attributes.contains(name) { attributes.append(name) }
        for name in other.segments where !segments.contains(name) { segments.append(name) }
    }

    private mutating func add(_ rule: Rule) {
        switch rule {
        case .everyone: break
        case .condition(let condition):
            let name = condition.attribute.text
            if !attributes.contains(name) { attributes.append(name) }
        case .inSegment(let name):
            if !segments.contains(name.text) { segments.append(name.text) }
        case .not(let inner): add(inner)
        case .all(let rules), .any(let rules):
            for inner in rules { add(inner) }
        }
    }

    private static func contains(_ name: String, in names: [String]) -> Bool {
        let folded = CaseFolding.fold(name)
        return names.contains { CaseFolding.fold($0) == folded }
    }
}
