import Profiles

extension Catalog {
    /// The error for a name nobody knows: offers the nearest one, or tells what there is.
    static func notFound(_ noun: String, _ name: String, among names: [String]) -> StoreError {
        var facts: Facts = ["noun": .word(noun), "name": .text(name)]
        if let nearest = Spelling.nearest(to: name, among: names) {
            facts["nearest"] = .text(nearest)
        } else {
            facts["names"] = .names(names)
        }
        return StoreError(.notFound, facts)
    }
}
