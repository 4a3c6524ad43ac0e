import Foundation

/// Why a password is not taken. The raw value is a stable code.
package enum PasswordProblem: String, CaseIterable, Sendable {
    case tooShort = "password-too-short"
    case tooLong = "password-too-long"
    case isName = "password-is-name"
    case isCommon = "password-is-common"
    case isOneCharacter = "password-is-one-character"
}

/// The rules for passwords: long, and not one that everybody tries first.
package enum PasswordRules {
    package static let charactersMin = 12
    package static let charactersMax = 200
    /// A character can be made of very many bytes.
    private static let bytesMax = 4_000

    /// What is wrong with a password for the user of that name; nil when nothing is.
    package static func check(_ password: String, userName: String) -> PasswordProblem? {
        guard password.utf8.count <= bytesMax else { return .tooLong }
        // What is hashed is what is measured.
        let text = password.precomposedStringWithCompatibilityMapping
        guard text.count >= charactersMin else { return .tooShort }
        guard text.count <= charactersMax else { return .tooLong }
        guard Set(text).count > 1 else { return .isOneCharacter }
        let folded = UserName.folded(text)
        guard folded != UserName.folded(userName.precomposedStringWithCompatibilityMapping) else {
            return .isName
        }
        guard !common.contains(folded) else { return .isCommon }
        return nil
    }

    /// The most common passwords of 12 characters and more, in small letters.
    private static let common: Set<String> = [
        "0123456789012", "012345678901", "0987654321098", "098765432109", "112233445566",
        "121212121212", "123123123123", "123321123321", "1234567890-=", "1234567890123",
        "12345678901234", "123456789012345", "1234567890123456", "12345678901234567890",
        "123456789012", "1234567890987654321", "123456789abc", "123456789qwe", "1234qwerasdf",
        "123qweasdzxc", "1q2w3e4r5t6y", "1q2w3e4r5t6y7u8i", "1q2w3e4r5t6y7u8i9o0p",
        "1qaz2wsx3edc", "1qaz2wsx3edc4rfv", "1qazxsw23edc", "987654321098", "9876543210987",
        "a1b2c3d4e5f6", "abc123abc123", "abcabcabcabc", "abcd1234abcd", "abcdefghijkl",
        "abcdefghijklm", "abcdefghijklmnop", "abcdefghijklmnopqrstuvwxyz", "adminadminadmin",
        "administrator", "administrator1", "administrator123", "adminpassword", "asdfasdfasdf",
        "asdfghjkl123", "asdfghjkl;'", "changemechangeme", "changeme1234", "changemenow!",
        "changethispassword", "correct horse battery staple", "correcthorsebatterystaple",
        "defaultpassword", "dragondragon", "footballfootball", "iloveyou1234", "iloveyouforever",
        "iloveyousomuch", "letmein12345", "letmein123456", "letmeinletmein", "liverpool123",
        "manchesterunited", "minecraft123", "monkeymonkey", "mypassword123", "newpassword1",
        "newpassword123", "p@ssw0rd1234", "p@ssword1234", "passw0rd1234", "password!123",
        "password.123", "password0123", "password1234", "password12345", "password123456",
        "password@123", "passwordpassword", "passwort1234", "princess1234", "q1w2e3r4t5y6",
        "qazwsxedcrfv", "qazwsxedc123", "qwer1234qwer", "qwerqwerqwer", "qwerty123456",
        "qwertyqwerty", "qwertyuiop[]", "qwertyuiop12", "qwertyuiop123", "qwertyuiop1234567890",
        "qwertyuiopasdf", "qwertyuiopasdfghjkl", "qwertyuiopasdfghjklzxcvbnm", "secretsecret",
        "spongebob123", "starwars1234", "sunshine1234", "superman1234", "temporarypassword",
        "testtesttest", "thisismypassword", "trustno1trustno1", "unbelievable",
        "welcome12345", "welcomewelcome", "whatever1234", "zaq12wsxcde3", "zxcvbnm12345",
        "zxcvbnmasdfghjkl",
    ]
}
