import Exports
import Foundation
import Profiles
import Segments
import Testing

extension EngineCheck {
    /// Static segments, where an engine keeps their members.
    static let members: [EngineCheck] = [
        EngineCheck("a fixed set stays what it was, until it is fixed anew or forgotten") { make in
            let sample = EngineSample(seed: 51, count: 90)
            let flag = Predicate.value(
                Attribute(name: "Flag", kind: .boolean), .compares(.equal, .boolean(true)))
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                guard let members = engine.staticMembers else { return }
                let count = { try engine.reading.count(.memberOf($0), .none) }
                let flagged = sample.matching(flag).count
                #expect(try count(5) == 0)
                #expect(try members.freeze(flag, as: 5, .none) == flagged)
                #expect(try members.freeze(.always, as: 6, .none) == 90)
                #expect(try [count(5), count(6)] == [flagged, 90])
                #expect(try members.freeze(.not(flag), as: 5, .none) == 90 - flagged)
                #expect(try count(5) == 90 - flagged)
                try members.removeMembers(of: 5, .none)
                #expect(try [count(5), count(6)] == [0, 90])
            }
        },
        EngineCheck("a set of ids names those that nobody has") { make in
            let sample = EngineSample(seed: 52, count: 10)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                guard let members = engine.staticMembers else { return }
                let frozen = try members.freeze(
                    ids: ["1", "x", "2", "1", "'"], as: 5, .none)
                #expect(frozen.members == 2 && frozen.unknown == ["x", "'"])
                #expect(try engine.reading.isMember("1", of: .memberOf(5), .none))
                #expect(try !engine.reading.isMember("3", of: .memberOf(5), .none))
                // The next set takes the place of the one before.
                #expect(try members.freeze(ids: ["3"], as: 5, .none).members == 1)
                #expect(try engine.reading.count(.memberOf(5), .none) == 1)
                #expect(try engine.reading.isMember("3", of: .memberOf(5), .none))
            }
        },
        EngineCheck("a set that is given up stays as it was") { make in
            let sample = EngineSample(seed: 53, count: 2_000)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                guard let members = engine.staticMembers else { return }
                _ = try members.freeze(ids: ["1"], as: 5, .none)
                let limits = CallLimits(isCancelled: { true })
                #expect(throws: CancellationError.self) {
                    try members.freeze(.always, as: 5, limits)
                }
                #expect(throws: CancellationError.self) {
                    try members.freeze(ids: sample.profiles.map(\.id), as: 5, limits)
                }
                #expect(try engine.reading.count(.memberOf(5), .none) == 1)
            }
        },
    ]

    private static let shoppers = [
        ("p1", "ada@shop.test", "Ada Lovelace"), ("p10", "grace@shop.test", "Grace Hopper"),
        ("p2", "b.ada@shop.test", "Ada Byron"), ("p3", "x@y.test", "שרה כהן"),
    ].map { id, email, name in
        Profile(
            id: id, changedAt: Timestamp(milliseconds: 0),
            values: ["Email": .text(email), "Name": .text(name)])
    }

    /// Search by words, where an engine has it.
    static let searching: [EngineCheck] = [
        EngineCheck("profiles are found by the beginnings of their words, exact ones first") {
            make in
            try make([EngineSample.email, Attribute(name: "Name", kind: .text)], shoppers) {
                engine throws in
                guard let search = engine.search else { return }
                while try !search.advanceIndex(by: 100, .none) {}
                func found(_ text: String, _ filter: Segments.Predicate = .always) throws
                    -> [Profile.ID]
                {
                    var ids: [Profile.ID] = []
                    var after: String?
                    repeat {
                        let page = try search.find(
                            ProfileQuery(text: text, filter: filter, after: after, limit: 1), .none)
                        ids += page.profiles.map(\.id)
                        after = page.next
                    } while after != nil
                    return ids
                }
                #expect(try Set(found("")) == ["p1", "p10", "p2", "p3"])
                #expect(try Set(found("ada")) == ["p1", "p2"])
                #expect(try found("ada lov") == ["p1"])
                #expect(try found("כהן") == ["p3"])
                #expect(try found("p10").first == "p10" && found("p1").first == "p1")
                #expect(try found("GRACE@shop.test") == ["p10"])
                #expect(try found("ada", .never) == [] && found("\" OR 1=1") == [])
                let index = try search.index(.none)
                #expect(index.isComplete && index.total == 4)
            }
        },
        EngineCheck("a cursor of somebody else is refused") { make in
            try make([EngineSample.email, Attribute(name: "Name", kind: .text)], shoppers) {
                engine throws in
                guard let search = engine.search else { return }
                for cursor in ["", "x", "-1", "0", "1 OR 1=1"] {
                    let error = #expect(throws: EngineError.self) {
                        try search.find(ProfileQuery(after: cursor), .none)
                    }
                    #expect(error?.code == .badCursor, "\(cursor)")
                }
            }
        },
        EngineCheck("only texts that profiles have are searched by") { make in
            try make(EngineSample.attributes, EngineSample(seed: 61, count: 5).profiles) {
                engine throws in
                guard let search = engine.search else { return }
                for name in ["Number", "Gone", "\"; DROP TABLE profile"] {
                    let error = #expect(throws: EngineError.self) {
                        try search.choose(["Text", name], .none)
                    }
                    #expect(error?.code == .columnGone)
                }
                #expect(try !search.index(.none).isChosen)
                try search.choose(["Text"], .none)
                let chosen = try search.index(.none)
                #expect(chosen.attributes == ["Text"] && chosen.isChosen)
            }
        },
    ]

    /// What an engine has and has not.
    static let abilities: [EngineCheck] = [
        EngineCheck("what an engine has not is said plainly") { make in
            try make(EngineSample.attributes, []) { engine throws in
                try expect(.importing, engine.importing == nil, engine) {
                    _ = try engine.requireImporting()
                }
                try expect(.staticMembers, engine.staticMembers == nil, engine) {
                    _ = try engine.requireStaticMembers()
                }
                try expect(.search, engine.search == nil, engine) {
                    _ = try engine.requireSearch()
                }
            }
        },
        EngineCheck("a file becomes profiles, or nothing when it fails or is given up") { make in
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "ferry-conformance-\(UUID())")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            // A folder that stays behind in the temporary folder does no harm.
            defer { try? FileManager.default.removeItem(at: folder) }
            try make([], []) { engine throws in
                guard let importing = engine.importing else { return }
                func load(_ text: String, mark: Int64, isCancelled: Bool = false) throws {
                    let path = folder.appending(path: "people.csv")
                    try Data(text.utf8).write(to: path)
                    _ = try importing.importProfiles(
                        try ImportFile(path: path.path()), options: ImportOptions(key: "id"),
                        mark: mark, now: Timestamp(milliseconds: 5), progress: { _ in },
                        isCancelled: { isCancelled })
                }
                try load("id,Email\na,a@mail.test\nb,b@mail.test\n", mark: 1)
                #expect(throws: CancellationError.self) {
                    try load("id,Email\nc,c@mail.test\n", mark: 2, isCancelled: true)
                }
                #expect(throws: ImportError.self) { try load("id,Email\nd,e,f\n", mark: 3) }
                #expect(try engine.reading.count(.always, .none) == 2)
                #expect(try importing.lastImport()?.mark == 1)
                #expect(try importing.lastImport()?.summary.added == 2)
            }
        },
    ]

    private static func expect(
        _ ability: EngineAbilities.Ability, _ isMissing: Bool, _ engine: any ProfileEngine,
        _ require: () throws -> Void
    ) throws {
        #expect(engine.abilities.has(ability) != isMissing)
        guard isMissing else { return try require() }
        let error = #expect(throws: EngineError.self) { try require() }
        #expect(error == EngineError(.unavailable, subject: ability.rawValue))
    }
}
