import Exports
import Foundation
import Testing
import Transport

@testable import ActiveCampaign

struct ActiveCampaignWireTests {
    static let field = LeavePolicy.field(id: "7", inside: "in", outside: "out")

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        var export = Export.sample()
        var kind = OperationKind.enter
        var values = ValueList()
        let body: String

        var testDescription: String { name }
    }

    private static let loyal = ValueList([
        (.firstName, "Ines"), (.lastName, "Moreau"), (.phone, "+33155501234"),
        (.field("7"), "gold"), (.field("9"), "||web||store||"), (.tag, "loyalty"), (.tag, "vip"),
    ])

    private static func body(_ rest: String, automations: Bool = false) -> String {
        (automations ? "{" : #"{"exclude_automations":true,"#)
            + #""contacts":[{"email":"a@b.no""# + rest + "}]}"
    }

    private static let subscribed = #","subscribe":[{"listid":12}]"#

    static let cases = [
        Case(name: "enters without values", body: body(subscribed)),
        Case(name: "changes without values", kind: .change, body: body(subscribed)),
        Case(name: "is tried again", kind: .retry, body: body(subscribed)),
        Case(
            name: "enters with everything", values: loyal,
            body: body(
                #","first_name":"Ines","last_name":"Moreau","phone":"+33155501234""#
                    + #","fields":[{"id":7,"value":"gold"},{"id":9,"value":"||web||store||"}]"#
                    + #","tags":["loyalty","vip"]"# + subscribed)),
        Case(
            name: "changes a last name only", kind: .change,
            values: ValueList([(.lastName, "Lang")]),
            body: body(#","last_name":"Lang""# + subscribed)),
        Case(
            name: "one field", values: ValueList([(.field("42"), "x")]),
            body: body(#","fields":[{"id":42,"value":"x"}]"# + subscribed)),
        Case(
            name: "one tag", values: ValueList([(.tag, "x")]),
            body: body(#","tags":["x"]"# + subscribed)),
        Case(
            name: "fields and tags that alternate are gathered",
            values: ValueList([
                (.tag, "a"), (.field("1"), "b"), (.tag, "c"), (.field("2"), "d"), (.phone, "5"),
            ]),
            body: body(
                #","phone":"5","fields":[{"id":1,"value":"b"},{"id":2,"value":"d"}]"#
                    + #","tags":["a","c"]"# + subscribed)),
        Case(
            name: "automations may start", export: .sample(startsAutomations: true),
            body: body(subscribed, automations: true)),
        Case(
            name: "keep: a leaver is not named on any list", kind: .leave, body: body("")),
        Case(
            name: "unsubscribe: a leaver is taken off the list",
            export: .sample(onLeave: .unsubscribe), kind: .leave,
            body: body(#","unsubscribe":[{"listid":12}]"#)),
        Case(
            name: "unsubscribe: somebody who enters is subscribed",
            export: .sample(onLeave: .unsubscribe), body: body(subscribed)),
        Case(
            name: "field: a leaver's field says out, and no list is named",
            export: .sample(onLeave: field), kind: .leave,
            values: Export.sample(onLeave: field).leaveValues,
            body: body(#","fields":[{"id":7,"value":"out"}]"#)),
        Case(
            name: "field: somebody who enters gets in and tags",
            export: .sample(tags: ["vip", "a"], onLeave: field),
            values: Export.sample(tags: ["vip", "a"], onLeave: field).constantValues,
            body: body(
                #","fields":[{"id":7,"value":"in"}],"tags":["a","vip"]"# + subscribed)),
        Case(
            name: "a list id that is no number is sent as text",
            export: .sample(list: #"spring"au"#),
            body: body(",\"subscribe\":[{\"listid\":\"spring\\\"au\"}]")),
    ]

    @Test(arguments: cases)
    func `an operation is spelled as the importer reads it`(given: Case) {
        let wire = ActiveCampaignWire(export: given.export)
        var operations = OperationList()
        operations.append(given.kind, "a@b.no", given.values)
        #expect(String(decoding: wire.body(of: operations), as: UTF8.self) == given.body)
    }

    @Test func `operations are separated by commas`() {
        let wire = ActiveCampaignWire(export: .sample(startsAutomations: true))
        var operations = OperationList()
        operations.append(.enter, "a@b.no")
        operations.append(.leave, "c@d.no")
        #expect(
            String(decoding: wire.body(of: operations), as: UTF8.self)
                == #"{"contacts":[{"email":"a@b.no","subscribe":[{"listid":12}]},{"email":"c@d.no"}]}"#
        )
        #expect(
            String(decoding: wire.body(of: OperationList()), as: UTF8.self) == #"{"contacts":[]}"#)
    }

    struct Text: CustomTestStringConvertible, Sendable {
        let name: String
        let value: String
        let spelled: String

        init(_ name: String, _ value: String, _ spelled: String) {
            self.name = name
            self.value = value
            self.spelled = spelled
        }

        var testDescription: String { name }
    }

    static let texts = [
        Text("plain", "Ines", "Ines"),
        Text("a quotation mark", #"5" pipe"#, "5\\\" pipe"),
        Text("a backslash", "a\\b", "a\\\\b"),
        Text("both, at the ends", "\"\\", "\\\"\\\\"),
        Text(
            "an end of a string and more", #"x"},{"email":"evil@b.no"#,
            "x\\\"},{\\\"email\\\":\\\"evil@b.no"),
        Text("a line break", "a\nb", "a\\nb"),
        Text("line break and return", "\r\n", "\\r\\n"),
        Text("a tab", "a\tb", "a\\tb"),
        Text("a zero byte", "a\u{0}b", "a\\u0000b"),
        Text("backspace and form feed", "\u{8}\u{C}", "\\u0008\\u000c"),
        Text("an escape character", "\u{1B}[0m", "\\u001b[0m"),
        Text("the last control character", "\u{1F}", "\\u001f"),
        Text("delete", "\u{7F}", "\u{7F}"),
        Text("a slash", "1/2", "1/2"),
        Text("an apostrophe", "o'brien", "o'brien"),
        Text("angle brackets", "<b>&amp;", "<b>&amp;"),
        Text(
            "an emoji", "\u{1F469}\u{200D}\u{1F467} \u{1F600}",
            "\u{1F469}\u{200D}\u{1F467} \u{1F600}"),
        Text("Hebrew", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}"),
        Text("an accent of its own", "e\u{301}", "e\u{301}"),
        Text("a line separator", "\u{2028}", "\u{2028}"),
        Text("an empty text", "", ""),
    ]

    @Test(arguments: texts)
    func `a text is escaped where JSON asks for it, and only there`(text: Text) {
        var bytes: [UInt8] = []
        Array(text.value.utf8).withUnsafeBytes { JSONText.appendString($0, to: &bytes) }
        #expect(bytes == Array(#""\#(text.spelled)""#.utf8))
    }

    @Test(arguments: texts)
    func `a text comes back from a JSON reader wherever it stands`(text: Text) throws {
        let wire = ActiveCampaignWire(export: .sample())
        var operations = OperationList()
        operations.append(
            .enter, "a@b.no",
            ValueList([
                (.firstName, text.value), (.lastName, text.value), (.phone, text.value),
                (.field("7"), text.value), (.tag, text.value),
            ]))
        let contact = try #require(try contacts(in: wire.body(of: operations)).first)
        let fields = try #require(contact["fields"] as? [[String: Any]])
        let found = [
            contact["first_name"] as? String, contact["last_name"] as? String,
            contact["phone"] as? String, fields.first?["value"] as? String,
            (contact["tags"] as? [String])?.first,
        ]
        // By scalars, because Swift holds canonically equal strings equal.
        let scalars = found.map { $0.map { Array($0.unicodeScalars) } }
        #expect(scalars == Array(repeating: Array(text.value.unicodeScalars), count: 5))
    }

    private func contacts(in body: [UInt8]) throws -> [[String: Any]] {
        let read = try JSONSerialization.jsonObject(with: Data(body))
        let envelope = try #require(read as? [String: Any])
        return try #require(envelope["contacts"] as? [[String: Any]])
    }

    @Test func `absent values have no key`() throws {
        let wire = ActiveCampaignWire(export: .sample())
        let contact = try #require(try contacts(in: wire.body(of: .people("a@b.no"))).first)
        #expect(Set(contact.keys) == ["email", "subscribe"])
    }

    @Test func `automations are excluded at the top, not in the contacts`() throws {
        let wire = ActiveCampaignWire(export: .sample())
        let body = wire.body(of: .people("a@b.no", "c@d.no"))
        let read = try JSONSerialization.jsonObject(with: Data(body))
        let envelope = try #require(read as? [String: Any])
        #expect(envelope["exclude_automations"] as? Bool == true)
        #expect(Set(envelope.keys) == ["exclude_automations", "contacts"])
        let within = try contacts(in: body).filter { $0["exclude_automations"] != nil }
        #expect(within.isEmpty)
    }

    @Test(arguments: ["+7", "007", "seven", "%NAME%", #"7""#, ""])
    func `a field id that is no number leaves the body readable`(id: String) throws {
        // One contact that cannot be read loses its whole batch.
        let wire = ActiveCampaignWire(export: .sample())
        var operations = OperationList()
        operations.append(.enter, "a@b.no", ValueList([(.field(id), "x")]))
        let body = wire.body(of: operations)
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(body)) }
    }

    @Test(arguments: [0, 1, 2, 3, 250], [false, true])
    func `the body takes the envelope, the operations and the commas`(
        count: Int, startsAutomations: Bool
    ) {
        let wire = ActiveCampaignWire(
            export: .sample(onLeave: .unsubscribe, startsAutomations: startsAutomations))
        var operations = OperationList()
        for number in 0..<count {
            operations.append(
                number % 3 == 0 ? .leave : .enter, "person\(number)@shop.test",
                ValueList([(.firstName, String(repeating: "\"\u{E9}", count: number % 7))]))
        }
        var bytes = 0
        operations.visit { operation in
            var alone: [UInt8] = []
            wire.append(operation, to: &alone)
            bytes += alone.count
        }
        let commas = max(0, count - 1)
        #expect(
            wire.body(of: operations).count == wire.limits.envelopeBytes + bytes + commas)
    }

    @Test func `the limits are the documented ones`() {
        let limits = ActiveCampaignWire(export: .sample()).limits
        #expect(limits.operationsMax == 250)
        #expect(limits.bytesMax == 399_999)
        #expect(
            ActiveCampaign.descriptor.limits
                == QuotaLimits([("requests", 5), ("imports", 100), ("single-imports", 20)]))
    }
}
