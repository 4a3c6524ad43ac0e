import Exports
import Profiles
import Segments
import Testing

extension EngineCheck {
    private struct Enough: Error {}

    /// The stream that plans are made of.
    static let streaming: [EngineCheck] = [
        EngineCheck("members come in the order of keys, then changed last, then by id") { make in
            let sample = EngineSample(seed: 21, count: 700)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let found = try engine.reading.members(EngineSample.query(.always))
                let expected = sample.stream(.always)
                #expect(found.map(\.id) == expected.map(\.id))
                #expect(found.map(\.key) == expected.map(\.key))
                #expect(found.map(\.values) == expected.map(\.values))
                #expect(found.first?.key == "")
            }
        },
        EngineCheck("of nobody nobody is streamed") { make in
            try make(EngineSample.attributes, []) { engine throws in
                #expect(try engine.reading.members(EngineSample.query(.always)).isEmpty)
            }
        },
        EngineCheck("what the reader of a stream throws ends it and comes out as it is") { make in
            let sample = EngineSample(seed: 22, count: 500)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                for last in [1, 2, 499, 500] {
                    var seen = 0
                    #expect(throws: Enough.self) {
                        try engine.reading.forEachMember(EngineSample.query(.always), .none) { _ in
                            seen += 1
                            if seen == last { throw Enough() }
                        }
                    }
                    #expect(seen == last)
                }
                // Nothing is left behind by it.
                #expect(try engine.reading.members(EngineSample.query(.always)).count == 500)
            }
        },
        EngineCheck("a mapped attribute that is gone ends the stream before anybody") { make in
            let sample = EngineSample(seed: 23, count: 20)
            let query = MemberQuery(
                predicate: .always, email: EngineSample.email,
                columns: [
                    (ValueList.header(of: .firstName), Attribute(name: "Gone", kind: .text))
                ],
                constants: [])
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let error = #expect(throws: EngineError.self) {
                    try engine.reading.forEachMember(query, .none) { _ in
                        Issue.record("Somebody came.")
                    }
                }
                #expect(error?.code == .columnGone && error?.subject == "Gone")
            }
        },
        EngineCheck("others read while a stream is open") { make in
            let sample = EngineSample(seed: 24, count: 300)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                var seen = 0
                try engine.reading.forEachMember(EngineSample.query(.always), .none) { _ throws in
                    seen += 1
                    guard seen == 150 else { return }
                    #expect(try engine.reading.count(.always, .none) == 300)
                    #expect(try engine.reading.members(EngineSample.query(.always)).count == 300)
                }
                #expect(seen == 300)
            }
        },
    ]

    /// Pages and their cursors.
    static let paging: [EngineCheck] = [
        EngineCheck("pages hold everybody once, and a full last page names no next one") { make in
            let sample = EngineSample(seed: 31, count: 60)
            let flag = Predicate.value(
                Attribute(name: "Flag", kind: .boolean), .compares(.equal, .boolean(true)))
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                for predicate in [.always, flag, .never] {
                    let expected = Set(sample.matching(predicate).map(\.id))
                    for limit in [1, 2, 7, 20, 59, 60, 61] {
                        let (ids, pages) = try engine.reading.walk(predicate, limit: limit)
                        #expect(Set(ids) == expected && ids.count == expected.count)
                        #expect(pages == max(1, (expected.count + limit - 1) / limit))
                    }
                }
            }
        },
        EngineCheck("a page holds whole profiles") { make in
            let sample = EngineSample(seed: 32, count: 30)
            let byID = Dictionary(uniqueKeysWithValues: sample.profiles.map { ($0.id, $0) })
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let page = try engine.reading.page(of: .always, after: nil, limit: 30, .none)
                #expect(page.profiles.count == 30 && page.next == nil)
                #expect(page.profiles.allSatisfy { byID[$0.id] == $0 })
            }
        },
        EngineCheck("the same cursor leads to the same page") { make in
            let sample = EngineSample(seed: 33, count: 30)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let first = try engine.reading.page(of: .always, after: nil, limit: 10, .none)
                let next = try #require(first.next)
                let second = try engine.reading.page(of: .always, after: next, limit: 10, .none)
                #expect(
                    try engine.reading.page(of: .always, after: next, limit: 10, .none) == second)
                #expect(first != second)
            }
        },
    ]
}
