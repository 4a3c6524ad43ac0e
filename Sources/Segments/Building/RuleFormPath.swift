/// Where an entry stands in a form: `0` is the root, `0.2` its third entry, `0.2.0` the first one of that.
package struct RuleFormPath: Hashable, Sendable {
    /// Positions below the root, from 0.
    package let positions: [Int]

    package static let root = RuleFormPath([])

    package init(_ positions: [Int]) {
        self.positions = positions
    }

    /// Reads the text form and nothing else.
    package init?(_ text: String) {
        var positions: [Int] = []
        for piece in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let position = Int(piece), position >= 0, String(position) == piece else {
                return nil
            }
            positions.append(position)
        }
        guard positions.first == 0, positions.count <= RuleLimits.depthMax + 2 else { return nil }
        self.positions = Array(positions.dropFirst())
    }

    package func child(_ position: Int) -> RuleFormPath {
        RuleFormPath(positions + [position])
    }
}

extension RuleFormPath: CustomStringConvertible {
    package var description: String {
        ([0] + positions).map(String.init).joined(separator: ".")
    }
}

extension RuleForm {
    /// The entry at a path; nil for the root and for paths that lead nowhere. Setting nil removes it, and
    /// setting what leads nowhere does nothing.
    package subscript(path: RuleFormPath) -> Entry? {
        get { root.entry(at: path.positions[...]) }
        set { root.set(newValue, at: path.positions[...]) }
    }

    /// The group at a path, the root among them.
    package func group(at path: RuleFormPath) -> Group? {
        if path.positions.isEmpty { return root }
        if case .group(let group)? = self[path] { return group }
        return nil
    }

    /// Adds an entry at the end of a group; nothing happens when there is no such group.
    package mutating func add(_ entry: Entry, to path: RuleFormPath) {
        if path.positions.isEmpty {
            root.entries.append(entry)
        } else if case .group(var group)? = self[path] {
            group.entries.append(entry)
            self[path] = .group(group)
        }
    }
}

extension RuleForm.Group {
    fileprivate func entry(at positions: ArraySlice<Int>) -> RuleForm.Entry? {
        guard let first = positions.first, entries.indices.contains(first) else { return nil }
        guard positions.count > 1 else { return entries[first] }
        guard case .group(let group) = entries[first] else { return nil }
        return group.entry(at: positions.dropFirst())
    }

    fileprivate mutating func set(_ entry: RuleForm.Entry?, at positions: ArraySlice<Int>) {
        guard let first = positions.first, entries.indices.contains(first) else { return }
        if positions.count > 1 {
            guard case .group(var group) = entries[first] else { return }
            group.set(entry, at: positions.dropFirst())
            entries[first] = .group(group)
        } else if let entry {
            entries[first] = entry
        } else {
            entries.remove(at: first)
        }
    }
}
