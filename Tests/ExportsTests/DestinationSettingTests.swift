import TestSupport
import Testing

@testable import Exports

/// What a kind of destination asks for, in its stored form, and the limits it names.
struct DestinationSettingTests {
    @Test(arguments: ["key", " key", "key ", "key\n", "\t key \r\n", "\u{A0}key\u{2003}"])
    func `what surrounds a pasted secret is taken off`(pasted: String) throws {
        #expect(try DestinationSetting.cleanedKey(pasted) == "key")
    }

    @Test(arguments: ["", " \n", "a key", "k\u{0}ey", "kéy", "key\u{7F}", "key\u{200B}"])
    func `what cannot travel in a header is no secret`(pasted: String) {
        #expect(throws: DestinationError.self) { try DestinationSetting.cleanedKey(pasted) }
    }

    @Test(arguments: [("", false), ("abc", true), ("abcd", false), ("é1", true), ("é12", false)])
    func `a setting has one byte to so many`(text: String, fits: Bool) {
        let setting = DestinationSetting(
            name: "place", kind: .text, label: "", hint: "", missing: "", rule: "", lengthMax: 3
        ) { (text, _) throws(DestinationError) in text }
        #expect((try? setting.clean(text, allowsLoopback: false)) == (fits ? text : nil))
    }

    @Test(arguments: [
        "{}", "{\"id\":\"a\"}", "{\"id\":\"a\",\"other\":\"b\"}",
        "{\"id\":\"a\",\"key\":\"b\",\"more\":\"c\"}", "[]", "a",
    ])
    func `secrets of another kind are not taken for one's own`(sealed: String) throws {
        let kind = Self.kind(secrets: ["id", "key"])
        #expect(throws: DestinationError.self) { try kind.secrets(from: sealed) }
        let own = AccountSettings(
            destination: "two", host: "a.example", secrets: ["id": "a", "key": "b"])
        #expect(try kind.secrets(from: own.sealable) == own.secrets)
    }

    @Test func `a limit is found by the member that names it, and by no other word`() {
        let plain = DestinationDescriptor.plain
        #expect(plain.quota(member: "importsPerMinute")?.name == "imports")
        #expect(plain.quota(named: "imports")?.member == "importsPerMinute")
        #expect(plain.quota(member: "imports") == nil)
        #expect(plain.quota(named: "importsPerMinute") == nil)
    }

    @Test func `deliveries draw on the quotas of their own kind`() {
        func quota(_ scope: DestinationQuota.Scope) -> DestinationQuota {
            DestinationQuota(
                name: "", member: "", scope: scope, window: .seconds(1), allowed: nil, label: "")
        }
        for scope: DestinationQuota.Scope in [.severalPeople, .onePerson] {
            #expect(quota(.everything).covers(scope) && quota(.deliveries).covers(scope))
            #expect(quota(scope).covers(scope))
        }
        #expect(!quota(.severalPeople).covers(.onePerson))
        #expect(!quota(.onePerson).covers(.severalPeople))
    }

    @Test func `the time of single people is that of their own quota`() {
        let plain = DestinationDescriptor.plain
        let limits = QuotaLimits(
            requestsPerSecond: nil, importsPerMinute: 1, singleImportsPerMinute: nil)
        // Eleven requests of one a minute take ten full windows; single ones have no limit here.
        #expect(plain.seconds(batches: 11, singleBatches: 0, at: limits) > 599)
        #expect(plain.seconds(batches: 11, singleBatches: 11, at: limits) < 1)
    }

    @Test func `of several limits the strictest holds, and none is no limit`() {
        let strictest = QuotaLimits.strictest(of: [
            QuotaLimits([("a", 5), ("b", nil), ("c", nil)]),
            QuotaLimits([("a", 7), ("b", 2), ("c", nil)]),
        ])
        #expect(strictest == QuotaLimits([("a", 5), ("b", 2), ("c", nil)]))
    }

    private static func kind(secrets: [String]) -> DestinationDescriptor {
        let plain = DestinationDescriptor.plain
        return DestinationDescriptor(
            id: "two", title: "Two", isPreview: false,
            settings: [plain.host]
                + secrets.map {
                    DestinationSetting(
                        name: $0, kind: .secret, label: "", hint: "", missing: "", rule: "",
                        lengthMax: 10
                    ) { (text, _) throws(DestinationError) in text }
                }, consent: plain.consent, people: plain.people, quotas: plain.quotas,
            batches: plain.batches, abilities: plain.abilities, peopleMax: plain.peopleMax,
            timeMax: plain.timeMax, words: plain.words)
    }
}
