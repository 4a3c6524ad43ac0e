import Exports
import Testing
import Transport

@testable import ActiveCampaign

struct ImportInfoTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let json: String
        let confirmation: Exports.Confirmation

        init(_ name: String, _ json: String, _ confirmation: Exports.Confirmation) {
            self.name = name
            self.json = json
            self.confirmation = confirmation
        }

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            "false: nothing recorded yet", #"{"status":false,"success":[],"failure":[]}"#,
            .notYet),
        Case("false alone", #"{"status":false}"#, .notYet),
        Case("null", #"{"status":null}"#, .notYet),
        Case("waiting", #"{"status":"waiting","success":[],"failure":[]}"#, .notYet),
        Case("claimed", #"{"status":"claimed"}"#, .notYet),
        Case(
            "active with some done",
            #"{"status":"active","success":["1"],"failure":["a@b.no"]}"#, .notYet),
        Case("a word unknown so far", #"{"status":"paused"}"#, .notYet),
        Case(
            "completed",
            #"{"status":"completed","success":["90211","90212"],"failure":["blocked@shop.test"]}"#,
            .settled(failed: ["blocked@shop.test"], succeededCount: 2)),
        Case(
            "completed with ids as numbers",
            #"{"status":"completed","success":[90211],"failure":[]}"#,
            .settled(failed: [], succeededCount: 1)),
        Case(
            "completed without failures", #"{"status":"completed","success":["1"]}"#,
            .settled(failed: [], succeededCount: 1)),
        Case(
            "completed without successes", #"{"status":"completed","failure":["a@b.no"]}"#,
            .settled(failed: ["a@b.no"], succeededCount: nil)),
        Case(
            "completed without lists", #"{"status":"completed"}"#,
            .settled(failed: [], succeededCount: nil)),
        Case(
            "completed with lists of null",
            #"{"status":"completed","success":null,"failure":null}"#,
            .settled(failed: [], succeededCount: nil)),
        Case(
            "failed addresses become keys",
            "{\"status\":\"completed\",\"failure\":[\" Jose\\u0301@Shop.Test\",null,\"O'Brien@b.no\"]}",
            .settled(failed: ["jos\u{E9}@shop.test", "o'brien@b.no"], succeededCount: nil)),
        Case(
            "failed", #"{"status":"failed"}"#,
            .broken(detail: "the import ended as 'failed'")),
        Case(
            "interrupted with lists",
            #"{"status":"interrupted","success":["1"],"failure":["a@b.no"]}"#,
            .broken(detail: "the import ended as 'interrupted'")),
    ]

    @Test(arguments: cases)
    func `what the importer says of a batch is understood`(given: Case) async throws {
        let bench = Bench(ScriptedTransport([.json(given.json)]))
        let confirmation = try await bench.destination.confirm(Receipt(token: "9b1d", queued: 2))
        #expect(confirmation == given.confirmation)
        #expect(bench.paths == ["/api/3/import/info?batchId=9b1d"])
    }

    @Test(arguments: ["{}", "[]", "null", #""completed""#, #"{"Status":"completed"}"#, ""])
    func `an answer without a status is no answer`(json: String) async throws {
        let bench = Bench(ScriptedTransport([.json(json)]))
        let confirmation = try await bench.destination.confirm(Receipt(token: "x", queued: nil))
        guard case .unclear = confirmation else {
            Issue.record("expected no usable answer, got \(confirmation)")
            return
        }
    }

    @Test(arguments: [
        #"{"0":"a@b.no","2":"c@d.no"}"#, #"[{"email":"a@b.no"}]"#, #""a@b.no""#, #"[["a@b.no"]]"#,
    ])
    func `failures that cannot be read are not taken for none`(failures: String) async throws {
        // Whoever is in them would count as delivered.
        let bench = Bench(
            ScriptedTransport([.json(#"{"status":"completed","failure":\#(failures)}"#)]))
        let confirmation = try await bench.destination.confirm(Receipt(token: "x", queued: 2))
        #expect(confirmation != .settled(failed: [], succeededCount: nil))
    }

    @Test func `a batch id cannot leave its place in the address`() async throws {
        let bench = Bench(ScriptedTransport([.json(#"{"status":false}"#)]))
        _ = try await bench.destination.confirm(Receipt(token: "a b&c=d/..#\u{E9}", queued: nil))
        #expect(bench.paths == ["/api/3/import/info?batchId=a%20b%26c%3Dd%2F..%23%C3%A9"])
    }
}
