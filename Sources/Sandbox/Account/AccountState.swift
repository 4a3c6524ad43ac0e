import DequeModule

/// The whole sandbox as one value: what the account holds, what it remembers, and how it behaves.
/// It has no clock; each step is told the time in seconds since 1970 of sandbox time.
struct AccountState: Sendable {
    var knobs: Knobs
    let apiKey: String
    var book = ContactBook()
    var catalog: Catalog
    var imports = ImportQueue()
    var gate = RateGate()
    var exclusions = ExclusionList()
    var bounces: Set<String> = []
    var random: RandomSource
    var tally = Tally()
    var dueCallbacks: [DueCallback] = []
    var pageMemo: PageMemo?
    /// When the sandbox was started or reset.
    let started: Double

    init(knobs: Knobs, apiKey: String, at now: Double) {
        self.knobs = knobs
        self.apiKey = apiKey
        catalog = Catalog(at: now)
        random = RandomSource(seed: knobs.seed)
        started = now
    }

    /// Lets the importer work until `now`.
    mutating func advance(to now: Double) {
        while true {
            let ended = imports.advance(to: now, knobs: knobs, random: &random)
            for number in ended { finishBatch(number) }
            if ended.isEmpty { break }
        }
    }

    /// Answers one request as of `now`; the body of an import may already have been read.
    mutating func answer(
        _ request: SandboxRequest, importBody: ImportBody? = nil, at now: Double
    ) -> SandboxAnswer {
        advance(to: now)
        guard request.resource != nil else {
            return answerControl(request, at: now) ?? SandboxAnswer(404, Self.notFound)
        }
        var answer = guarded(request, importBody: importBody, at: now)
        if knobs.requestsPerSecond > 0 {
            answer.headers.append(("RateLimit-Limit", String(knobs.requestsPerSecond)))
            answer.headers.append(
                ("RateLimit-Remaining", String(gate.remaining(at: now, knobs: knobs))))
        }
        return answer
    }

    static let notFound: JSONValue = ["message": "No Result found"]

    /// Key, faults and limits stand before every resource, in this order.
    private mutating func guarded(
        _ request: SandboxRequest, importBody: ImportBody?, at now: Double
    ) -> SandboxAnswer {
        guard request.key == apiKey else {
            tally.note(.badKey)
            return SandboxAnswer(403, ["message": "Forbidden"])
        }
        if let fault = drawFault(for: request) { return fault }
        let isImport = request.route == "POST /import/bulk_import"
        if !isImport || knobs.importsCountInRate,
            case .wait(let seconds) = gate.takeRequest(at: now, knobs: knobs)
        {
            tally.note(.requestRate)
            return tooManyRequests(after: seconds)
        }
        var answer =
            if isImport { answerImport(request, body: importBody, at: now) } else {
                answerResource(request, at: now)
            }
        if faultsReach(request), random.happens(knobs.faultCutAfter) { answer.connection = .cut }
        return answer
    }

    private func tooManyRequests(after seconds: Double) -> SandboxAnswer {
        var answer = SandboxAnswer(
            knobs.rateLimitAs503 ? 503 : 429, ["message": "Too Many Requests"])
        if !knobs.rateLimitAs503 {
            answer.headers.append(("Retry-After", String(max(1, Int(seconds.rounded(.up))))))
        }
        return answer
    }

    private func faultsReach(_ request: SandboxRequest) -> Bool {
        switch knobs.faultsOn {
        case .all: true
        case .writes: request.method != "GET"
        case .imports: request.route == "POST /import/bulk_import"
        }
    }

    private mutating func drawFault(for request: SandboxRequest) -> SandboxAnswer? {
        guard faultsReach(request) else { return nil }
        if random.happens(knobs.faultCutBefore) {
            var answer = SandboxAnswer(500, .null)
            answer.connection = .cut
            return answer
        }
        if random.happens(knobs.fault429) {
            var answer = SandboxAnswer(429, ["message": "Too Many Requests"])
            answer.headers.append(("Retry-After", String(max(1, knobs.retryAfter))))
            return answer
        }
        if random.happens(knobs.fault503) {
            return SandboxAnswer(
                503, type: "text/html; charset=UTF-8",
                text: "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>")
        }
        if random.happens(knobs.fault502) {
            return SandboxAnswer(
                502,
                [
                    "type": "https://developers.cloudflare.com/", "title": "Bad gateway",
                    "status": 502, "detail": "The origin web server returned an invalid response.",
                    "error_code": 502, "error_name": "origin_bad_gateway",
                    "error_category": "origin", "cloudflare_error": true, "retryable": true,
                    "retry_after": 60,
                ])
        }
        if random.happens(knobs.fault403) {
            return SandboxAnswer(
                403, ["message": "You don't have permission to access this resource"])
        }
        if random.happens(knobs.fault402) {
            return SandboxAnswer(402, ["message": "Payment Required"])
        }
        if random.happens(knobs.faultHTML) {
            return SandboxAnswer(
                200, type: "text/html; charset=UTF-8",
                text: "<!DOCTYPE html><html><head><title>Login</title></head><body></body></html>")
        }
        if random.happens(knobs.faultEmpty) {
            return SandboxAnswer(200, type: "application/json", text: "")
        }
        return nil
    }
}

/// A callback that is to be sent now.
struct DueCallback: Sendable {
    let callback: ImportCallback
    let batchID: String
    let successCount: Int
    let failure: [(address: String, reason: String)]
}

/// What the sandbox counted since it was started or reset.
struct Tally: Sendable {
    /// One line of the request log.
    struct Line: Sendable {
        let number: Int
        let method: String
        let path: String
        let status: Int
        let milliseconds: Double
    }

    /// Lines of the request log that are kept.
    static let linesMax = 1000

    private(set) var violations: [Violation: Int] = [:]
    private(set) var byRoute: [String: Int] = [:]
    private(set) var byStatus: [Int: Int] = [:]
    private(set) var lines: Deque<Line> = []
    private(set) var requestCount = 0
    private(set) var cutCount = 0
    var importsSubmitted = 0
    var importsRejected = 0
    var contactsSubmitted = 0

    mutating func note(_ violation: Violation, times: Int = 1) {
        if times > 0 { violations[violation, default: 0] += times }
    }

    /// Counts and logs an answered request of the account's API.
    mutating func log(_ request: SandboxRequest, _ answer: SandboxAnswer, milliseconds: Double) {
        requestCount += 1
        let isKnown = answer.status != 404 || byRoute[request.route] != nil
        byRoute[isKnown ? request.route : "other", default: 0] += 1
        if case .cut = answer.connection {
            cutCount += 1
        } else {
            byStatus[answer.status, default: 0] += 1
        }
        lines.append(
            Line(
                number: requestCount, method: request.method, path: request.path,
                status: answer.connection == .cut ? 0 : answer.status, milliseconds: milliseconds))
        if lines.count > Self.linesMax { lines.removeFirst() }
    }
}
