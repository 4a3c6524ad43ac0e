import RuleSQL
import Testing

@testable import SQLiteEngine

/// Long lists as JSON.
struct JSONArrayTests {
    @Test func `the last control character is escaped, and a space is not`() {
        let text = JSONArray.text(of: [.text("\u{1F} \u{1}"), .integer(-7), .text("\"\\")])
        #expect(text == #"["\u001f \u0001",-7,"\"\\"]"#)
    }
}
