/// Finds the known name a person probably meant.
package enum Spelling {
    /// The candidate nearest to `name` (case aside), if it is near enough to be offered: at most a third
    /// of the letters differ, or one of a short name, but not all of them.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        let wanted = Array(name.lowercased().prefix(lengthMax))
        let best = candidates.map {
            ($0, distance(wanted, Array($0.lowercased().prefix(lengthMax))))
        }
        .min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 <= max(1, wanted.count / 3), best.1 < wanted.count else {
            return nil
        }
        return best.0
    }

    /// Longer names are compared by their beginnings, so that the cost stays bounded.
    private static let lengthMax = 100

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(previous[column + 1] + 1, current[column] + 1, substitution)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = min(cost, beforePrevious[column - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
