import Exports
import Profiles
import Segments
import Testing

extension EngineCheck {
    /// Rules mean what the plain evaluator says they mean.
    static let rules: [EngineCheck] =
        (UInt64(0)..<6).map { seed in
            EngineCheck("random rules choose the profiles they hold for, seed \(seed)") { make in
                let sample = EngineSample(seed: seed, count: 60)
                try make(EngineSample.attributes, sample.profiles) { engine throws in
                    try sample.fixMembers(in: engine)
                    try compare(engine, sample, seed: seed)
                }
            }
        } + [
            EngineCheck("every single test agrees on every value") { make in
                var random = RandomPredicates(seed: 500)
                let sample = EngineSample(seed: 501, count: 300)
                try make(EngineSample.attributes, sample.profiles) { engine throws in
                    for attribute in RandomPredicates.attributes {
                        let predicates = (0..<40).map { _ in
                            Predicate.value(attribute, random.test(of: attribute.kind))
                        }
                        let counts = try engine.reading.counts(of: predicates, .none)
                        for (predicate, count) in zip(predicates, counts) {
                            try #require(
                                count == sample.matching(predicate).count,
                                "\(attribute.name): \(predicate)")
                        }
                    }
                }
            },
            EngineCheck("a rule on an attribute that nobody has holds for nobody") { make in
                let sample = EngineSample(seed: 7, count: 20)
                let gone = Attribute(name: "Gone", kind: .text)
                try make(EngineSample.attributes, sample.profiles) { engine throws in
                    let counts = try engine.reading.counts(
                        of: [
                            .value(gone, .isPresent), .value(gone, .isAbsent),
                            .value(gone, .compares(.equal, .text("x"))),
                        ], .none)
                    #expect(counts == [0, 20, 0])
                }
            },
            EngineCheck("deep and wide rules are answered") { make in
                let sample = EngineSample(seed: 8, count: 30)
                let number = Attribute(name: "Number", kind: .number)
                func leaf(_ value: Int) -> Predicate {
                    .value(number, .compares(.equal, .number(Double(value))))
                }
                let ladder = (0..<300).reduce(leaf(0)) { inner, level in
                    level.isMultiple(of: 2) ? .any([leaf(level), inner]) : .all([inner, .always])
                }
                let wide = Predicate.any((-5_000..<5_000).map(leaf))
                let list = Predicate.value(
                    number, .oneOf((0..<9_000).map { .number(Double($0) / 10) }))
                try make(EngineSample.attributes, sample.profiles) { engine throws in
                    for predicate in [ladder, wide, list, .not(wide), .all([]), .any([])] {
                        #expect(
                            try engine.reading.count(predicate, .none)
                                == sample.matching(predicate).count)
                    }
                }
            },
        ]

    private static func compare(
        _ engine: any ProfileEngine, _ sample: EngineSample, seed: UInt64
    ) throws {
        var random = RandomPredicates(
            seed: seed &+ 1_000, usesMembers: engine.staticMembers != nil)
        let predicates = (0..<120).map { _ in random.predicate(depth: 4) }
        let counts = try engine.reading.counts(of: predicates, .none)
        for (index, predicate) in predicates.enumerated() {
            let expected = sample.matching(predicate)
            try #require(
                counts[index] == expected.count, "seed \(seed), predicate \(index): \(predicate)")
            guard index.isMultiple(of: 6) else { continue }
            try #require(try engine.reading.count(predicate, .none) == expected.count)
            let streamed = try engine.reading.members(EngineSample.query(predicate)).map(\.id)
            try #require(
                Set(streamed) == Set(expected.map(\.id)) && streamed.count == counts[index])
            let (paged, _) = try engine.reading.walk(predicate, limit: 11)
            try #require(Set(paged) == Set(expected.map(\.id)) && paged.count == counts[index])
            for profile in sample.profiles.prefix(5) {
                try #require(
                    try engine.reading.isMember(profile.id, of: predicate, .none)
                        == expected.contains(profile))
            }
        }
    }
}
