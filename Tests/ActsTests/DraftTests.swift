import Exports
import Profiles
import Segments
import Testing

@testable import Acts

struct DraftTests {
    private static let schema = ProfileSchema(attributes: [
        Attribute(name: "email", kind: .text), Attribute(name: "name", kind: .text),
        Attribute(name: "points", kind: .number), Attribute(name: "born", kind: .date),
        Attribute(name: "seen", kind: .timestamp), Attribute(name: "loyal", kind: .boolean),
    ])
    private static let library = SegmentLibrary([
        Segment(id: 1, name: "All", definition: .static),
        Segment(id: 2, name: "Old", definition: .static, state: .inactive),
    ])
    private static let lists = [
        DestinationList(id: "1", name: "Readers"), DestinationList(id: "2", name: "Twins"),
        DestinationList(id: "3", name: "Twins"),
    ]
    private static let fields = [
        DestinationField(id: "1", title: "City", kind: "text"),
        DestinationField(id: "2", title: "Birthday", kind: "date"),
        DestinationField(id: "3", title: "Twin", kind: "number"),
        DestinationField(id: "4", title: "Twin", kind: "datetime"),
        DestinationField(id: "5", title: "Level", kind: "dropdown"),
    ]

    private func resolver(reached: Bool = true, stored: Export? = nil) -> ExportResolver {
        ExportResolver(
            schema: Self.schema, lists: reached ? Self.lists : nil,
            fields: reached ? Self.fields : nil, segments: Self.library, stored: stored)
    }

    private func draft(_ change: (inout ExportDraft) -> Void = { _ in }) -> ExportDraft {
        var draft = ExportDraft(name: "News", list: "1", segments: ["All"], email: "email")
        change(&draft)
        return draft
    }

    @Test func `a plain draft becomes an export and nothing is found`() {
        let (export, findings) = resolver().resolve(
            draft {
                $0.firstName = "NAME"
                $0.fields = [FieldDraft(text: "birthday=born")]
                $0.tags = ["b", "a", "b"]
                $0.onLeave = LeaveDraft(text: "field:Level=In,Out")
                $0.limit = 5
                $0.holdShare = 10
                $0.schedule = .manual
            }, connection: 7)
        #expect(findings == [])
        #expect(
            export
                == Export(
                    id: 0, name: "News", connection: 7,
                    list: ListReference(id: "1", name: "Readers"), segments: ["All"],
                    mapping: Mapping(
                        email: "email", firstName: "name",
                        fields: [MappedField(id: "2", title: "Birthday", attribute: "born")]),
                    tags: ["a", "b"], onLeave: .field(id: "5", inside: "In", outside: "Out"),
                    peopleMax: 5, holdShare: 0.1, schedule: .manual))
    }

    @Test func `everything that is wrong is found, in the order of the form`() {
        let (export, findings) = resolver().resolve(
            draft {
                $0.segments = ["Al", "All", "all", "Old"]
                $0.email = "points"
                $0.fields = ["City", "Town=name", "Twin=name", "1=name", "City=name"]
                    .map(FieldDraft.init(text:))
                $0.phone = "telephone"
                $0.onLeave = LeaveDraft(text: "field:1=In,In")
                $0.list = "Twins"
                $0.tags = [" "]
                $0.limit = 0
                $0.holdShare = 100.5
            }, connection: 7)
        #expect(export == nil)
        #expect(
            findings.map(\.code) == [
                .segmentUnknown, .segmentTwice, .segmentInactive, .emailNotText, .fieldUnreadable,
                .fieldUnknown, .fieldAmbiguous, .fieldTwice, .attributeUnknown, .leaveUnreadable,
                .listAmbiguous, .emptyTag, .limitRange, .holdShareRange,
            ])
    }

    @Test(
        arguments: [
            ("2=name", .kindMismatch), ("2=born", nil), ("3=points", nil),
            ("3=born", .kindMismatch),
            ("4=seen", nil), ("4=born", .kindMismatch), ("1=born", .arrivesAsText),
            ("1=loyal", .arrivesAsText), ("1=points", nil), ("5=born", nil),
        ] as [(String, ExportFinding.Code?)])
    func `a kind that does not fit a field is a warning`(
        text: String, code: ExportFinding.Code?
    ) {
        let (export, findings) = resolver().resolve(
            draft { $0.fields = [FieldDraft(text: text)] }, connection: 7)
        #expect(export != nil)
        #expect(findings.map(\.code) == (code.map { [$0] } ?? []))
    }

    @Test func `a field that is mapped cannot say who left`() {
        let (export, findings) = resolver().resolve(
            draft {
                $0.fields = [FieldDraft(text: "City=name")]
                $0.onLeave = .field(name: "1", inside: "a", outside: "b")
            }, connection: 7)
        #expect(export == nil)
        #expect(findings.map(\.code) == [.fieldSaysWhoLeft])
    }

    @Test func `without an answer ids are taken with a warning, and known names are kept`() {
        let stored = Export(
            id: 4, name: "News", connection: 7, list: ListReference(id: "1", name: "Readers"),
            segments: ["All"],
            mapping: Mapping(
                email: "email", fields: [MappedField(id: "1", title: "City", attribute: "name")]))
        let (export, findings) = resolver(reached: false, stored: stored).resolve(
            draft { $0.fields = [FieldDraft(text: "1=name")] }, connection: 7)
        #expect(findings.map(\.code) == [.fieldUnchecked, .listUnchecked])
        #expect(export?.id == 4)
        #expect(export?.list == stored.list)
        #expect(export?.mapping == stored.mapping)
        let (named, found) = resolver(reached: false).resolve(
            draft { $0.fields = [FieldDraft(text: "City=name")] }, connection: 7)
        #expect(named == nil)
        #expect(found.map(\.code) == [.fieldNeedsID, .listUnchecked])
    }

    @Test(arguments: [
        ("keep", LeaveDraft.keep), ("unsubscribe", .unsubscribe),
        ("field:City=In,Out", .field(name: "City", inside: "In", outside: "Out")),
        ("field:a=b=In,Out", .field(name: "a=b", inside: "In", outside: "Out")),
        ("field:City=In", .unreadable("field:City=In")),
        ("field:City=In,In", .unreadable("field:City=In,In")),
        ("field:City=,Out", .unreadable("field:City=,Out")), ("drop", .unreadable("drop")),
    ])
    func `what happens to people who leave is read from text`(text: String, expected: LeaveDraft) {
        #expect(LeaveDraft(text: text) == expected)
    }
}
