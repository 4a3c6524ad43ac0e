package import Profiles

/// A profile with what is known of it. Attributes are data, so absent ones are left out.
package struct ProfileAnswer: Codable, Equatable, Sendable {
    package let id: Profile.ID
    package let changedAt: Moment
    package let attributes: [String: JSONValue]

    init(_ profile: Profile) {
        id = profile.id
        changedAt = Moment(profile.changedAt.milliseconds)
        attributes = profile.values.mapValues { JSONValue($0) }
    }
}

extension JSONValue {
    /// A value in the JSON type that fits it; dates and times are texts.
    init(_ value: AttributeValue) {
        switch value {
        case .text, .date, .timestamp: self = .string(value.exported)
        case .boolean(let boolean): self = .bool(boolean)
        case .number(let number):
            self =
                number == number.rounded() && abs(number) < 9_007_199_254_740_992
                ? .integer(Int64(number)) : .number(number)
        }
    }
}
