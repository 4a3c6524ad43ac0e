/// A named, typed property of profiles.
package struct Attribute: Hashable, Sendable {
    package let name: String
    package let kind: AttributeKind

    package init(name: String, kind: AttributeKind) {
        self.name = name
        self.kind = kind
    }
}

/// The attributes that profiles have, in the order in which they were first imported.
package struct ProfileSchema: Equatable, Sendable {
    package let attributes: [Attribute]

    package init(attributes: [Attribute]) {
        self.attributes = attributes
    }

    /// The attribute of that name: exactly spelt, or else the only one that differs by case alone.
    package func attribute(named name: String) -> Attribute? {
        if let exact = attributes.first(where: { $0.name == name }) { return exact }
        let folded = name.lowercased()
        let alike = attributes.filter { $0.name.lowercased() == folded }
        return alike.count == 1 ? alike[0] : nil
    }
}
