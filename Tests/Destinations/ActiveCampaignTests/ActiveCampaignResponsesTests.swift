import Exports
import Profiles
import Testing
import Transport

@testable import ActiveCampaign

struct ActiveCampaignResponsesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let response: HTTPResponse
        let answer: DeliveryAnswer

        init(_ name: String, _ response: HTTPResponse, _ answer: DeliveryAnswer) {
            self.name = name
            self.response = response
            self.answer = answer
        }

        var testDescription: String { name }
    }

    private static let invalid =
        "JSON payload did not pass validation. Please fix failureReasons and retry. The import was not queued for processing."

    private static func rejection(_ reasons: String, status: Int = 400) -> HTTPResponse {
        .json(
            #"{"success":0,"message":"\#(invalid)","failureReasons":[\#(reasons)]}"#,
            status: status)
    }

    private static func accepted(_ token: String, _ queued: Int?) -> DeliveryAnswer {
        .accepted(Receipt(token: token, queued: queued))
    }

    private static func rejected(_ rows: [Int]) -> DeliveryAnswer {
        .rejected(rows: rows, detail: "rejected the batch")
    }

    static let queued = [
        Case(
            "Success with a capital",
            .json(
                #"{"Success":1,"queued_contacts":2,"batchId":"9b1d","message":"Contact import queued"}"#
            ),
            accepted("9b1d", 2)),
        Case(
            "success in small letters",
            .json(#"{"success":1,"queued_contacts":2,"batchId":"9b1d"}"#),
            accepted("9b1d", 2)),
        Case(
            "success as a boolean", .json(#"{"success":true,"batchId":"9b1d"}"#),
            accepted("9b1d", nil)),
        Case(
            "more submitted than queued",
            .json(#"{"success":5,"queued_contacts":2,"batchId":"9b1d"}"#),
            accepted("9b1d", 2)),
        Case(
            "nobody queued", .json(#"{"Success":1,"queued_contacts":0,"batchId":"9b1d"}"#),
            accepted("9b1d", 0)),
        Case(
            "the number as text",
            .json(#"{"Success":"1","queued_contacts":"250","batchId":"9b1d"}"#),
            accepted("9b1d", 250)),
        Case(
            "only a batch id, and that a number", .json(#"{"batchId":77}"#), accepted("77", nil)),
        Case(
            "status 201", .json(#"{"success":1,"batchId":"9b1d"}"#, status: 201),
            accepted("9b1d", nil)),
        Case(
            "reasons of a shape unknown so far",
            .json(#"{"success":1,"batchId":"9b1d","failureReasons":{"a":[1]}}"#),
            accepted("9b1d", nil)),
    ]

    static let rejections = [
        Case(
            "positions counted from 1",
            rejection(
                #"{"contact":3,"failureReason":"Field 'email' incorrect format"},{"contact":9,"failureReason":"Field 'email' not found"}"#
            ), rejected([2, 8])),
        Case(
            "the first and the last", rejection(#"{"contact":1},{"contact":10}"#),
            rejected([0, 9])),
        Case(
            "twice the same, in another order",
            rejection(#"{"contact":9},{"contact":3},{"contact":9}"#), rejected([2, 8])),
        Case("positions as text", rejection(#"{"contact":"3"}"#), rejected([2])),
        Case(
            "positions outside the batch",
            rejection(#"{"contact":0},{"contact":11},{"contact":-1},{"contact":4}"#),
            rejected([3])),
        Case("only positions outside", rejection(#"{"contact":230}"#), rejected([])),
        Case(
            "a position too large for a number",
            rejection(#"{"contact":99999999999999999999}"#), rejected([])),
        Case("texts", rejection(#""Invalid or unparsable json""#), rejected([])),
        Case(
            "texts and positions", rejection(#""Something else",{"contact":2}"#), rejected([1])),
        Case(
            "a reason without a position", rejection(#"{"failureReason":"Bad"}"#), rejected([])),
        Case("no reasons", rejection(""), rejected([])),
        Case(
            "reasons missing", .json(#"{"success":0,"message":"No."}"#, status: 400),
            rejected([])),
        Case(
            "reasons of a shape unknown so far",
            .json(#"{"success":0,"failureReasons":"Bad"}"#, status: 400), rejected([])),
        Case(
            "the errors of other endpoints",
            .json(#"{"errors":[{"title":"Bad Request","status":400}]}"#, status: 400),
            rejected([])),
        Case("422 with positions", rejection(#"{"contact":1}"#, status: 422), rejected([0])),
        Case("success 0 in a 200", rejection(#"{"contact":2}"#, status: 200), rejected([1])),
        Case(
            "Success false in a 200",
            .json(#"{"Success":false,"failureReasons":[{"contact":2}]}"#), rejected([1])),
        Case(
            "400 as a page",
            HTTPResponse(
                status: 400, retryAfter: nil, contentType: "text/html",
                body: Array("<html>Bad Request</html>".utf8)),
            .notTaken(detail: "answered 400 without the importer's words")),
        Case(
            "an empty 400", .status(400),
            .notTaken(detail: "answered 400 without the importer's words")),
        Case(
            "an empty 422", .status(422),
            .notTaken(detail: "answered 422 without the importer's words")),
        Case("413", .status(413), .rejected(rows: [], detail: "answered 413: too large")),
    ]

    private static func limited(_ reason: String) -> String {
        #"{"success":0,"message":"Rate limit exceeded.","failureReasons":[\#(reason)]}"#
    }

    static let throttles = [
        Case(
            "the importer's own limit",
            .json(
                limited(
                    #""Up to 100 imports may be requested per minute.Please batch contacts into larger requests, or retry this request in a minute.""#
                ), status: 400), .throttled),
        Case(
            "the limit of single contacts",
            .json(limited(#""Up to 20 imports may be requested per minute.""#), status: 400),
            .throttled),
        Case("by its message alone", .json(limited(""), status: 400), .throttled),
        Case(
            "by its reason alone",
            .json(
                #"{"success":0,"failureReasons":["Up to 100 imports may be requested per minute."]}"#,
                status: 400), .throttled),
        Case(
            "in other capitals",
            .json(#"{"success":0,"message":"RATE LIMIT exceeded"}"#, status: 400),
            .throttled),
        Case("in a 200", .json(limited(""), status: 200), .throttled),
        Case("429 with Retry-After", .status(429, retryAfter: .seconds(30)), .throttled),
        Case("429 without", .status(429), .throttled),
        Case(
            "429 with a body", .json(#"{"errors":[{"title":"429"}]}"#, status: 429), .throttled),
    ]

    static let doubts = [
        Case(
            "a page with status 200", .page,
            .unclear(detail: "answered 200 without the expected JSON")),
        Case(
            "an empty 200", .status(200), .unclear(detail: "answered 200 without the expected JSON")
        ),
        Case("204", .status(204), .unclear(detail: "answered 204 without the expected JSON")),
        Case(
            "half a body", .json(#"{"Success":1,"queued_contacts":2,"batchId":"9b1d"#),
            .unclear(detail: "answered 200 without the expected JSON")),
        Case("a list", .json("[]"), .unclear(detail: "answered 200 without the expected JSON")),
        Case("null", .json("null"), .unclear(detail: "answered 200 without the expected JSON")),
        Case(
            "no batch id", .json(#"{"Success":1}"#),
            .unclear(detail: "answered 200 without a batch id")),
        Case(
            "an empty batch id", .json(#"{"Success":1,"batchId":""}"#),
            .unclear(detail: "answered 200 without a batch id")),
        Case(
            "a batch id of null", .json(#"{"Success":1,"batchId":null}"#),
            .unclear(detail: "answered 200 without a batch id")),
        Case("an empty object", .json("{}"), .unclear(detail: "answered 200 without a batch id")),
        Case("408", .status(408), .unclear(detail: "answered 408")),
        Case("425", .status(425), .unclear(detail: "answered 425")),
        Case("500", .status(500), .unclear(detail: "answered 500")),
        Case("502 as a page", .json("<html>", status: 502), .unclear(detail: "answered 502")),
        Case("503", .status(503), .unclear(detail: "answered 503")),
        Case(
            "503 with Retry-After", .status(503, retryAfter: .seconds(5)),
            .unclear(detail: "answered 503")),
        Case("504", .status(504), .unclear(detail: "answered 504")),
        Case("520 of a front proxy", .status(520), .unclear(detail: "answered 520")),
        Case(
            "a batch id in a 500", .json(#"{"Success":1,"batchId":"9b1d"}"#, status: 500),
            .unclear(detail: "answered 500")),
        Case("403", .status(403), .notTaken(detail: "answered 403")),
    ]

    @Test(arguments: queued)
    func `a batch id means queued`(given: Case) throws {
        #expect(try ActiveCampaignResponses.delivery(given.response, count: 10) == given.answer)
    }

    @Test(arguments: rejections)
    func `a rejected batch names its offenders by position`(given: Case) throws {
        #expect(try ActiveCampaignResponses.delivery(given.response, count: 10) == given.answer)
    }

    @Test(arguments: throttles)
    func `a rate limit is no rejection`(given: Case) throws {
        #expect(try ActiveCampaignResponses.delivery(given.response, count: 10) == given.answer)
    }

    @Test(arguments: doubts)
    func `what may have been taken is unclear`(given: Case) throws {
        #expect(try ActiveCampaignResponses.delivery(given.response, count: 10) == given.answer)
    }

    struct Ending: CustomTestStringConvertible, Sendable {
        let status: Int
        let code: DestinationError.Code

        init(_ status: Int, _ code: DestinationError.Code) {
            self.status = status
            self.code = code
        }

        var testDescription: String { "\(status)" }
    }

    static let endings = [
        Ending(301, .notThisProduct), Ending(302, .notThisProduct), Ending(308, .notThisProduct),
        Ending(401, .keyRefused), Ending(402, .accountInactive), Ending(404, .notFound),
        Ending(405, .refusedRequest), Ending(409, .refusedRequest), Ending(410, .refusedRequest),
        Ending(415, .refusedRequest), Ending(418, .refusedRequest),
    ]

    @Test(arguments: endings)
    func `other answers to a batch end the run`(ending: Ending) throws {
        let error = try #require(throws: DestinationError.self) {
            _ = try ActiveCampaignResponses.delivery(.status(ending.status), count: 10)
        }
        #expect(error.code == ending.code)
        #expect(error.facts["status"] == .digits(ending.status))
        #expect(!error.isPassing)
    }

    static let readEndings = endings + [Ending(400, .refusedRequest), Ending(422, .refusedRequest)]

    @Test(arguments: readEndings)
    func `other answers to a question are errors at once`(ending: Ending) throws {
        let reading = ActiveCampaignResponses.read(ImportInfo.self, from: .status(ending.status))
        guard case .failure(let error) = reading else {
            Issue.record("expected an error, got \(reading)")
            return
        }
        #expect(error.code == ending.code)
    }

    struct Passing: CustomTestStringConvertible, Sendable {
        let name: String
        let response: HTTPResponse
        let cause: DestinationError.Cause

        var testDescription: String { name }
    }

    static let passing = [
        Passing(name: "429", response: .status(429), cause: .rateLimited),
        Passing(
            name: "503 with Retry-After", response: .status(503, retryAfter: .seconds(1)),
            cause: .rateLimited),
        Passing(name: "503", response: .status(503), cause: .serverTrouble),
        Passing(name: "500", response: .status(500), cause: .serverTrouble),
        Passing(name: "520", response: .status(520), cause: .serverTrouble),
        Passing(name: "403", response: .status(403), cause: .serverTrouble),
        Passing(name: "a page with status 200", response: .page, cause: .otherAnswer),
        Passing(name: "an empty 200", response: .status(200), cause: .otherAnswer),
        Passing(name: "half a body", response: .json(#"{"status":"comp"#), cause: .otherAnswer),
        Passing(name: "other JSON", response: .json(#"{"message":"hi"}"#), cause: .otherAnswer),
    ]

    @Test(arguments: passing)
    func `passing trouble is worth another try, and only a rate limit is free`(
        given: Passing
    ) throws {
        let reading = ActiveCampaignResponses.read(ImportInfo.self, from: given.response)
        guard case .again(let cause) = reading else {
            Issue.record("expected another try, got \(reading)")
            return
        }
        #expect(cause == given.cause)
    }

    @Test func `no answer quotes what the server wrote about people`() throws {
        let answer = try ActiveCampaignResponses.delivery(
            Self.rejection(#"{"contact":1,"failureReason":"ines@shop.test is wrong"}"#),
            count: 10)
        #expect(!"\(answer)".contains("ines"))
    }

    @Test func `a rejection of an empty batch names nobody`() async {
        await #expect(processExitsWith: .success) {
            let response = HTTPResponse.json(
                #"{"success":0,"failureReasons":[{"contact":1}]}"#, status: 400)
            let answer = try ActiveCampaignResponses.delivery(response, count: 0)
            guard answer == .rejected(rows: [], detail: "rejected the batch") else {
                throw DestinationError(.refusedRequest)
            }
        }
    }
}
