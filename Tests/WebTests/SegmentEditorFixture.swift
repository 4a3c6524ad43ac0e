import Acts
import Foundation
import Profiles
import SQLiteEngine
import Segments
import Store

@testable import Web

/// A service with twelve profiles of every kind of attribute, and two segments.
struct SegmentEditorFixture {
    let world: WebWorld
    let owners: Segment
    let guests: Segment

    init() async throws {
        world = try WebWorld()
        var text = "id,city,First name,points,member,born,seen\n"
        for number in 1...12 {
            let city = ["Oslo", "Bergen", ""][number % 3]
            text +=
                "p\(number),\(city),Ann\(number),\(number),\(number % 2 == 0),19\(70 + number)-0\(number % 9 + 1)-02,2026-01-0\(number % 5 + 1)T10:00Z\n"
        }
        let file = world.folder.appending(path: "people.csv")
        try Data(text.utf8).write(to: file)
        var options = ImportOptions(key: "id")
        options.kinds = [
            "points": .number, "member": .boolean, "born": .date, "seen": .timestamp,
        ]
        _ = try world.engine.importProfiles(
            try ImportFile(path: file.path()), options: options,
            now: Timestamp(milliseconds: WebWorld.start), progress: { _ in },
            isCancelled: { false })
        owners = try await world.services.segments.add(
            "Home owners", .dynamic(rule: "points > 6"), by: WebWorld.actor
        ).segment
        guests = try await world.services.segments.add(
            "O'Brien's guests", .frozen(rule: "city = 'Oslo'"), by: WebWorld.actor
        ).segment
    }

    static func path(rule: String) -> String {
        "/segments/new?rule="
            + (rule.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
    }
}

/// What the script of the form is told.
struct PreviewAnswer: Decodable {
    struct Part: Decodable {
        struct Note: Decodable {
            let text: String
            let detail: String?
            let suggestion: String?
        }
        let count: String
        let notes: [Note]
    }

    struct TextNote: Decodable {
        let message: String
        let `where`: String?
        let suggestion: String?
        let line: Int?
        let column: Int?
        let length: Int?
    }

    let text: String
    let agreed: String
    let last: String
    let hasRows: Bool
    let html: String?
    let focus: String?
    let count: String?
    let countHint: String
    let total: Int?
    let everyone: Int
    let parts: [String: Part]
    let textNote: TextNote?
}
