/// The segments that exist, by name, for rules that use other segments.
package struct SegmentLibrary: Sendable {
    private let byName: [String: Segment]
    private let byFoldedName: [String: [Segment]]

    package init(_ segments: [Segment] = []) {
        byName = Dictionary(segments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        byFoldedName = Dictionary(grouping: segments) { CaseFolding.fold($0.name) }
    }

    /// The segment of that name: exactly spelt, or else the only one that differs by case alone.
    package func segment(named name: String) -> Segment? {
        if let exact = byName[name] { return exact }
        let alike = byFoldedName[CaseFolding.fold(name)] ?? []
        return alike.count == 1 ? alike[0] : nil
    }

    /// Every name, in order.
    package var names: [String] { byName.keys.sorted() }

    /// What a rule speaks of, itself and through the dynamic segments it uses. Segments that do not
    /// exist, or whose rules cannot be read, are named but not followed.
    package func references(of rule: Rule) -> SegmentReferences {
        var all = SegmentReferences(of: rule)
        var followed: Set<String> = []
        while let next = all.segments.first(where: { !followed.contains($0) }) {
            followed.insert(next)
            guard case .dynamic(let text)? = segment(named: next)?.definition,
                // An unreadable rule is reported where it is evaluated; here it names nothing.
                let inner = try? Rule(parsing: text)
            else { continue }
            all.formUnion(SegmentReferences(of: inner))
        }
        return all
    }
}
