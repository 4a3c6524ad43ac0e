import Exports
import Profiles
import Segments
import Synchronization
import Testing

extension EngineCheck {
    /// Giving up, and running out of time.
    static let limits: [EngineCheck] = [
        EngineCheck("a call that nobody waits for ends before it begins") { make in
            try make(EngineSample.attributes, EngineSample(seed: 41, count: 50).profiles) {
                engine throws in
                let limits = CallLimits(isCancelled: { true })
                for call in calls(of: engine) {
                    #expect(throws: CancellationError.self, "\(call.name)") {
                        try call.make(limits)
                    }
                }
            }
        },
        EngineCheck("a call whose time is over ends before it begins") { make in
            try make(EngineSample.attributes, EngineSample(seed: 42, count: 50).profiles) {
                engine throws in
                let limits = CallLimits(deadline: ContinuousClock.now - .seconds(1))
                for call in calls(of: engine) {
                    let error = #expect(throws: EngineError.self, "\(call.name)") {
                        try call.make(limits)
                    }
                    #expect(error?.code == .timedOut, "\(call.name)")
                }
            }
        },
        EngineCheck("a stream is given up before its first member") { make in
            let sample = EngineSample(seed: 43, count: 5_000)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                // The first question is answered before the engine begins, the next ones while it sorts.
                let asked = Mutex(0)
                let limits = CallLimits(isCancelled: {
                    asked.withLock { asked in
                        asked += 1
                        return asked > 2
                    }
                })
                #expect(throws: CancellationError.self) {
                    try engine.reading.forEachMember(EngineSample.query(.always), limits) { _ in
                        Issue.record("Somebody came.")
                    }
                }
                let left = try engine.reading.count(.always, .none)
                #expect(left == 5_000)
            }
        },
        EngineCheck("a stream is given up in its middle") { make in
            let sample = EngineSample(seed: 44, count: 5_000)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let isOver = Mutex(false)
                var seen = 0
                #expect(throws: CancellationError.self) {
                    try engine.reading.forEachMember(
                        EngineSample.query(.always),
                        CallLimits(isCancelled: { isOver.withLock { $0 } })
                    ) { _ in
                        seen += 1
                        if seen == 10 { isOver.withLock { $0 = true } }
                    }
                }
                #expect((10..<5_000).contains(seen))
                let all = try engine.reading.members(EngineSample.query(.always))
                #expect(all.count == 5_000)
            }
        },
        EngineCheck("a stream whose time is over in its middle says so") { make in
            let sample = EngineSample(seed: 45, count: 5_000)
            try make(EngineSample.attributes, sample.profiles) { engine throws in
                let end = ContinuousClock.now + .seconds(2)
                var seen = 0
                let error = #expect(throws: EngineError.self) {
                    try engine.reading.forEachMember(
                        EngineSample.query(.always), CallLimits(deadline: end)
                    ) { _ in
                        seen += 1
                        // Whoever reads is slow.
                        while seen == 10, ContinuousClock.now < end {}
                    }
                }
                #expect(error?.code == .timedOut)
                #expect(seen < 5_000)
            }
        },
    ]

    private struct Call {
        let name: String
        let make: (CallLimits) throws -> Void

        init(_ name: String, _ make: @escaping (CallLimits) throws -> Void) {
            self.name = name
            self.make = make
        }
    }

    /// Every call that takes limits.
    private static func calls(of engine: any ProfileEngine) -> [Call] {
        let reading = engine.reading
        var calls = [
            Call("schema") { _ = try reading.schema($0) },
            Call("count") { _ = try reading.count(.always, $0) },
            Call("counts") { _ = try reading.counts(of: [.always, .never], $0) },
            Call("stream") { _ = try reading.members(EngineSample.query(.always), $0) },
            Call("page") { _ = try reading.page(of: .always, after: nil, limit: 5, $0) },
            Call("existing") { _ = try reading.existing(["1", "2"], $0) },
            Call("profile") { _ = try reading.profile(id: "1", $0) },
            Call("isMember") { _ = try reading.isMember("1", of: .always, $0) },
            Call("address") {
                _ = try reading.profiles(
                    withKey: "shared@mail.test", emailAttribute: "Email", $0)
            },
            Call("values") {
                _ = try reading.frequentValues(of: EngineSample.email, limit: 5, $0)
            },
            Call("facets") { _ = try reading.facets(limit: 5, $0) },
        ]
        if let members = engine.staticMembers {
            calls += [
                Call("freeze") { _ = try members.freeze(.always, as: 9, $0) },
                Call("freeze ids") { _ = try members.freeze(ids: ["1"], as: 9, $0) },
                Call("remove members") { try members.removeMembers(of: 9, $0) },
            ]
        }
        if let search = engine.search {
            calls += [
                Call("find") { _ = try search.find(ProfileQuery(text: "ann"), $0) },
                Call("index") { _ = try search.index($0) },
                Call("choose") { try search.choose([], $0) },
                Call("advance") { _ = try search.advanceIndex(by: 10, $0) },
            ]
        }
        return calls
    }
}
