import Profiles

extension Catalog {
    /// The error for a name nobody knows: offers the nearest one, or lists what there is.
    static func notFound(
        _ noun: String, _ name: String, among names: [String], hint: String
    ) -> StoreError {
        if let nearest = Spelling.nearest(to: name, among: names) {
            return StoreError(
                .notFound, "There is no \(noun) '\(name)'. Did you mean '\(nearest)'?")
        }
        guard !names.isEmpty else {
            return StoreError(.notFound, "There is no \(noun) '\(name)', and none at all. \(hint)")
        }
        return StoreError(
            .notFound,
            "There is no \(noun) '\(name)'. \(names.count == 1 ? "There is" : "There are") \(SetupCatalog.list(names, noun: noun))."
        )
    }
}
