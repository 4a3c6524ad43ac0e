/// What kind of value an attribute holds.
package enum AttributeKind: String, CaseIterable, Codable, Sendable {
    case text
    case number
    case boolean
    case date
    case timestamp
}
