import Exports
import Profiles
import Segments
import Testing

extension EngineCheck {
    /// Single profiles, ids, addresses and values.
    static let reading: [EngineCheck] = [
        EngineCheck("the schema names every attribute with its kind, in their order") { make in
            try make(EngineSample.attributes, []) { engine throws in
                #expect(try engine.reading.schema(.none).attributes == EngineSample.attributes)
                #expect(try engine.reading.count(.always, .none) == 0)
                #expect(try engine.reading.counts(of: [], .none) == [])
            }
        },
        EngineCheck("a profile is read as it was written") { make in
            let sample = EngineSample(seed: 11, count: 80)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                for profile in sample.profiles {
                    #expect(try engine.reading.profile(id: profile.id, .none) == profile)
                }
                for id in oddIDs {
                    #expect(try engine.reading.profile(id: id, .none) == nil)
                    #expect(try !engine.reading.isMember(id, of: .always, .none))
                }
            }
        },
        EngineCheck("one call tells which ids are those of profiles") { make in
            let sample = EngineSample(seed: 12, count: 2_500)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let known = sample.profiles.map(\.id)
                let unknown = oddIDs + (0..<2_500).map { "x\($0)" }
                #expect(try engine.reading.existing([], .none) == [])
                #expect(try engine.reading.existing(unknown, .none) == [])
                #expect(
                    try engine.reading.existing(unknown + known + known, .none) == Set(known))
            }
        },
        EngineCheck("profiles are found by the key of an address, changed last first") { make in
            let profiles = [
                ("a", 1_000, "Ann@Mail.test"), ("b", 3_000, " ann@mail.test"),
                ("c", 2_000, "ANN@MAIL.TEST"), ("d", 9_000, "bob@mail.test"),
                ("e", 9_000, "Żaneta@mail.test"),
            ].map { id, changed, address in
                Profile(
                    id: id, changedAt: Timestamp(milliseconds: Int64(changed)),
                    values: ["Email": .text(address)])
            }
            try make([EngineSample.email], profiles) { engine throws in
                func found(_ key: String, in attribute: String = "Email") throws -> [Profile.ID] {
                    try engine.reading.profiles(
                        withKey: key, emailAttribute: attribute, .none
                    ).map(\.id)
                }
                #expect(try found("ann@mail.test") == ["b", "c", "a"])
                #expect(try found(PersonKey.normalized("ŻANETA@mail.test")) == ["e"])
                #expect(try found("nobody@mail.test") == [])
                #expect(try found("ann@mail.test", in: "Gone") == [])
            }
        },
        EngineCheck("the most frequent values come first, each in its kind") { make in
            let sample = EngineSample(seed: 13, count: 400)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                for attribute in EngineSample.attributes {
                    try checkFrequent(attribute, engine, sample)
                }
                let error = #expect(throws: EngineError.self) {
                    try engine.reading.frequentValues(
                        of: Attribute(name: "Gone", kind: .text), limit: 3, .none)
                }
                #expect(error?.code == .columnGone)
            }
        },
        EngineCheck("facets are values that profiles have") { make in
            let profiles = (0..<200).map { number in
                Profile(
                    id: "\(number)", changedAt: Timestamp(milliseconds: 0),
                    values: [
                        "Tier": .text(number % 4 == 0 ? "gold" : "silver"),
                        "Note": .text("note \(number)"), "Flag": .boolean(number % 2 == 0),
                    ])
            }
            let attributes = [
                Attribute(name: "Tier", kind: .text), Attribute(name: "Note", kind: .text),
                Attribute(name: "Flag", kind: .boolean),
            ]
            try make(attributes, profiles) { engine throws in
                let facets = try engine.reading.facets(limit: 5, .none)
                #expect(facets.map(\.attribute.name) == ["Tier", "Flag"])
                #expect(facets.first?.values == [.text("silver"), .text("gold")])
                #expect(try engine.reading.facets(limit: 1, .none).count == 1)
            }
        },
    ]

    private static let oddIDs = ["", " ", "'", "\"", "%", "no", "é", "e\u{301}", "1 OR 1=1", "💥"]

    private static func checkFrequent(
        _ attribute: Attribute, _ engine: any ProfileEngine, _ sample: EngineSample
    ) throws {
        var counts: [AttributeValue: Int] = [:]
        for profile in sample.profiles {
            if let value = profile.values[attribute.name] { counts[value, default: 0] += 1 }
        }
        let found = try engine.reading.frequentValues(of: attribute, limit: 5, .none)
        let numbers = found.values.map(\.count)
        #expect(numbers == numbers.sorted(by: >))
        #expect(found.values.allSatisfy { $0.value.kind == attribute.kind })
        if found.isSample {
            #expect(found.values.allSatisfy { counts[$0.value] != nil })
        } else {
            #expect(found.values.allSatisfy { counts[$0.value] == $0.count })
            #expect(numbers == Array(counts.values.sorted(by: >).prefix(5)))
        }
    }
}
