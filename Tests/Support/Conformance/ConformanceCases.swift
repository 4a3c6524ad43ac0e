import Exports
import Transport

extension DestinationConformance {
    /// What a destination says of itself fits together.
    static let descriptions: [Case] = [
        Case("settings and quotas have names of their own") { suite in
            let settings = suite.descriptor.settings.map(\.name)
            try require(Set(settings).count == settings.count, "Two settings share a name.")
            let quotas = suite.descriptor.quotas
            try require(Set(quotas.map(\.name)).count == quotas.count, "Two quotas share a name.")
            try require(
                Set(quotas.map(\.member)).count == quotas.count, "Two quotas share a member.")
            try require(suite.descriptor.words.gaps.isEmpty, "A language misses words.")
        },
        Case("a batch keeps to the limits that the destination states") { suite in
            let bench = suite.bench()
            let stated = suite.descriptor.batches
            try require(
                bench.wire.limits.operationsMax <= stated.operationsMax
                    && bench.wire.limits.bytesMax <= stated.bytesMax,
                "The wire takes more than the destination states.")
            let list = suite.operations(suite.keys)
            var pieces: [UInt8] = []
            list.visit { operation in
                if !pieces.isEmpty { pieces.append(0) }
                bench.wire.append(operation, to: &pieces)
            }
            try require(
                bench.wire.body(of: list).count == pieces.count + bench.wire.limits.envelopeBytes,
                "A body is not what its pieces and its envelope come to.")
        },
        Case("secrets come back as they were sealed") { suite in
            let secrets = Dictionary(
                uniqueKeysWithValues: suite.descriptor.secrets.map { ($0.name, "s-\($0.name)") })
            let settings = AccountSettings(
                destination: suite.descriptor.id, host: "host.example", secrets: secrets)
            try require(
                try suite.descriptor.secrets(from: settings.sealable) == secrets,
                "Sealed secrets are not what was sealed.")
            for text in ["\(settings)", String(reflecting: settings)] {
                try require(!secrets.values.contains(where: text.contains), "A secret shows.")
            }
        },
        Case("the keys of the suite can be sent, and nonsense cannot") { suite in
            let rule = suite.descriptor.people.key.rule
            for key in suite.keys {
                try require(Array(key.utf8).withUnsafeBytes(rule.isSendable), "A key is refused.")
            }
            try require(![].withUnsafeBytes(rule.isSendable), "An empty key can be sent.")
            try require(
                !Array("\u{1}\n".utf8).withUnsafeBytes(rule.isSendable), "A control can be sent.")
        },
        Case("lists and fields are there exactly when it has them") { suite in
            let bench = suite.bench()
            let lists = try await bench.destination.lists()
            try require(
                lists.isEmpty != suite.descriptor.abilities.contains(.lists),
                "Lists are not what the destination says it has.")
            let fields = try await bench.destination.fields()
            try require(
                fields.isEmpty != suite.descriptor.people.hasCustomFields,
                "Fields are not what the destination says it has.")
        },
    ]

    /// What is delivered is there, once, whole, and nothing else.
    static let deliveries: [Case] = [
        Case("delivered twice is delivered once") { suite in
            let bench = suite.bench()
            let list = suite.operations(suite.keys)
            _ = try await suite.settle(list, bench)
            let once = bench.server.people
            try require(Set(once.keys) == Set(suite.keys), "Not everybody is there.")
            _ = try await suite.settle(list, bench)
            try require(bench.server.people == once, "A second delivery changed something.")
        },
        Case("names in six scripts arrive as they are") { suite in
            let bench = suite.bench()
            let names = [
                "Zoë \"Q\" O\u{2019}Neil\\n", "Стефан Ђурић", "שרה לוי", "李小龍", "Győző Őry",
                "Łucja Żak 👩🏽‍💻",
            ]
            let list = suite.operations(Array(suite.keys.prefix(names.count)), names: names)
            _ = try await suite.settle(list, bench)
            for (key, name) in zip(suite.keys, names) {
                try require(
                    bench.server.people[key]?.contains(name) == true,
                    "A name arrives as another one.")
            }
        },
        Case("an empty batch leaves nothing behind and does not travel") { suite in
            let bench = suite.bench()
            let end = await suite.deliver(OperationList(), bench)
            guard case .answered(.rejected(let rows, _)) = end, rows.isEmpty else {
                throw Breach(description: "An empty batch is not refused: \(end)")
            }
            try require(bench.line.requests.isEmpty, "An empty batch travelled.")
        },
        Case("a batch over the limit does not travel") { suite in
            let bench = suite.bench()
            let count = bench.wire.limits.operationsMax + 1
            let end = await suite.deliver(
                suite.operations((0..<count).map { _ in suite.keys[0] }), bench)
            guard case .answered(.rejected(let rows, _)) = end, rows.isEmpty else {
                throw Breach(description: "A batch over the limit is not refused: \(end)")
            }
            try require(bench.line.requests.isEmpty, "A batch over the limit travelled.")
        },
    ]

    /// One outcome per person, never one per batch.
    static let outcomes: [Case] = [
        Case("whom the account refuses is named, and nobody else") { suite in
            let bench = suite.bench()
            bench.server.refuse(suite.keys[3])
            let (failed, succeeded) = try await suite.settle(suite.operations(suite.keys), bench)
            try require(failed == [suite.keys[3]], "Not exactly the refused person is named.")
            try require(
                succeeded == nil || succeeded == suite.keys.count - 1,
                "The number of those taken is wrong.")
            try require(
                Set(bench.server.people.keys) == Set(suite.keys).subtracting(failed),
                "The account holds others than those who are said to be taken.")
        },
        Case("an answer to a confirmation that is none settles nobody") { suite in
            for fault in unreadable + [.status(500), .broken(.cut, arrived: true)] {
                let bench = suite.bench()
                bench.server.refuse(suite.keys[3])
                let list = suite.operations(suite.keys)
                guard case .answered(.accepted(let receipt)) = await suite.deliver(list, bench)
                else { throw Breach(description: "A good batch was not accepted.") }
                let before = bench.line.requests.count
                bench.line.failQuestions([fault], forEver: true)
                let confirmation = try await bench.destination.confirm(receipt)
                // One that answered at once has nothing to ask.
                let asked = bench.line.requests.count > before
                if case .settled = confirmation, asked {
                    throw Breach(description: "\(fault) settled a batch.")
                }
            }
        },
    ]

    static let unreadable: [FaultyLine.Fault] = [
        .answer("<!DOCTYPE html><html><body>Sign in</body></html>", contentType: "text/html"),
        .answer("", contentType: "application/json"), .half,
    ]
}
