package import Profiles

/// A thing by its id and name.
package struct NamedAnswer<Thing>: Codable, Equatable, Sendable {
    package let id: Identifier<Thing>
    package let name: String
}
