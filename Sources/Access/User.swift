import Foundation
package import Profiles

/// Someone who can sign in. The password's hash is apart.
package struct User: Identifiable, Equatable, Sendable {
    package typealias ID = Identifier<User>

    package let id: ID
    package let name: String
    package var role: Role
    /// The language chosen; nil follows the browser.
    package var language: String?
    package var isDisabled: Bool
    package var hasPassword: Bool
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package var lastSignInAt: Int64?

    package init(
        id: ID, name: String, role: Role, language: String? = nil, isDisabled: Bool = false,
        hasPassword: Bool = true, createdAt: Int64, lastSignInAt: Int64? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.language = language
        self.isDisabled = isDisabled
        self.hasPassword = hasPassword
        self.createdAt = createdAt
        self.lastSignInAt = lastSignInAt
    }
}

/// The rules for names of users: 1 to 60 letters and digits of any script, and `.`, `_`, `-`, `@`.
package enum UserName {
    package static let charactersMax = 60

    /// The form in which a name is stored (Unicode NFC); nil when it breaks the rules.
    package static func checked(_ text: String) -> String? {
        // A letter can carry marks without end; the scalars are bounded before anything else looks at them.
        guard text.unicodeScalars.prefix(4 * charactersMax + 1).count <= 4 * charactersMax else {
            return nil
        }
        let name = text.precomposedStringWithCanonicalMapping
        guard !name.isEmpty, name.count <= charactersMax,
            name.unicodeScalars.allSatisfy(isAllowed)
        else { return nil }
        return name
    }

    /// The form in which names are compared, so that `Ada` and `ADA` are one name. Going by way of the
    /// capitals joins the letters that have several small forms.
    package static func folded(_ name: String) -> String {
        name.precomposedStringWithCanonicalMapping.uppercased().lowercased()
            .precomposedStringWithCanonicalMapping
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .decimalNumber:
            true
        default:
            ".-_@".unicodeScalars.contains(scalar)
        }
    }
}
