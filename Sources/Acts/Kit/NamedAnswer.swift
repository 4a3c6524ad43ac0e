/// A thing by its id and name.
package struct NamedAnswer: Codable, Equatable, Sendable {
    package let id: Int64
    package let name: String
}
