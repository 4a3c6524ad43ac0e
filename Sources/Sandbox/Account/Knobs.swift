/// Everything about the sandbox that is uncertain of the real ActiveCampaign, or that goes wrong
/// there now and then, as settings. Each knob has one row in ``Knob/all``, which names it for the
/// command line, for JSON and for the page.
package struct Knobs: Sendable, Equatable {
    /// How an import answer spells its first key.
    package enum SuccessSpelling: String, CaseIterable, Sendable {
        case capital = "Success"
        case small = "success"
    }

    /// Whose unsubscribing the importer holds against a row that would subscribe again.
    package enum OptOutScope: String, CaseIterable, Sendable {
        case any
        case person
    }

    /// What becomes of a row that would subscribe somebody who had left the list.
    package enum OptOutEffect: String, CaseIterable, Sendable {
        case fail
        case skip
    }

    /// How requests per second are counted.
    package enum RateWindow: String, CaseIterable, Sendable {
        case bucket
        case second
    }

    /// What contact/sync answers above the account's contact limit.
    package enum OverLimit: String, CaseIterable, Sendable {
        case accept
        case forbidden = "403"
        case unprocessable = "422"
    }

    /// Which of two rows for one address in one batch is written.
    package enum DuplicateRows: String, CaseIterable, Sendable {
        case last
        case first
    }

    /// Whose ids stand in `success` of a finished batch.
    package enum SuccessIDs: String, CaseIterable, Sendable {
        case all
        case created
    }

    /// What is answered for a batch id that nobody knows.
    package enum UnknownBatch: String, CaseIterable, Sendable {
        case notYet = "false"
        case notFound = "404"
    }

    /// Which requests the faults may hit.
    package enum FaultsOn: String, CaseIterable, Sendable {
        case all
        case writes
        case imports
    }

    /// Status of creating a tag that exists.
    package enum KnownTag: String, CaseIterable, Sendable {
        case ok = "200"
        case unprocessable = "422"
    }

    /// Status of an update through contact/sync.
    package enum SyncUpdate: String, CaseIterable, Sendable {
        case ok = "200"
        case created = "201"
    }

    /// No limit is enforced when off, whatever the three rates below say.
    package var limits = true
    /// General requests a second; 0 lifts the limit.
    package var requestsPerSecond = 5
    /// Imports of several contacts a minute; 0 lifts the limit.
    package var importsPerMinute = 100
    /// Imports of a single contact a minute; 0 lifts the limit.
    package var singleImportsPerMinute = 20
    /// Token bucket, or strict whole seconds.
    package var rateWindow = RateWindow.bucket
    /// An import also takes one of the general requests.
    package var importsCountInRate = true
    /// Over the general limit, 503 is answered as in 2021, not 429.
    package var rateLimitAs503 = false
    /// Least `Retry-After` in seconds of sandbox time.
    package var retryAfter = 1
    /// After a 429 everything is refused until its `Retry-After` has passed.
    package var penalty = false

    /// Contacts the importer works off in a second; 0 means at once.
    package var processingRate = 500.0
    /// Seconds during which the status of a new batch is `false`.
    package var importDelay = 1.0
    /// Batches are taken in random order.
    package var shuffle = true
    /// Spelling of the first key of an import answer.
    package var successSpelling = SuccessSpelling.capital
    /// Whose ids a finished batch lists.
    package var successIDs = SuccessIDs.all
    /// Which duplicate row wins.
    package var duplicateRows = DuplicateRows.last
    /// Answer for an unknown batch id.
    package var unknownBatch = UnknownBatch.notYet
    /// Whose opt-out counts in rule 7.
    package var optOutScope = OptOutScope.any
    /// Effect of rule 7.
    package var optOutEffect = OptOutEffect.fail
    /// Contacts with this text in their address are rejected as malformed; empty for none.
    package var poison = ""
    /// The rejection names the poisoned row, counted from 1.
    package var poisonNamed = true

    /// Status of an update through contact/sync.
    package var syncUpdate = SyncUpdate.ok
    /// contact/sync and contacts take `tags` and `lists`.
    package var inlineListsAndTags = false
    /// Status of creating a tag that exists.
    package var knownTag = KnownTag.ok
    /// Contacts the account may hold.
    package var contactLimit = 2_000_000
    /// contact/sync above the limit.
    package var overLimit = OverLimit.accept
    /// The key belongs to an administrator; settings/account is refused to others.
    package var adminKey = true

    /// Seed of everything random.
    package var seed = 1
    /// Requests the faults may hit.
    package var faultsOn = FaultsOn.all
    /// Share of requests answered 429 although the limit is kept.
    package var fault429 = 0.0
    /// Share of requests answered 503.
    package var fault503 = 0.0
    /// Share of requests answered with a proxy's 502.
    package var fault502 = 0.0
    /// Share of requests answered 403 although the key is right.
    package var fault403 = 0.0
    /// Share of requests answered 402.
    package var fault402 = 0.0
    /// Share of requests answered with HTML and status 200.
    package var faultHTML = 0.0
    /// Share of requests answered with nothing and status 200.
    package var faultEmpty = 0.0
    /// Share of requests whose connection is cut before anything was done.
    package var faultCutBefore = 0.0
    /// Share of requests whose connection is cut after everything was done.
    package var faultCutAfter = 0.0
    /// Share of batches that end `failed` with nothing written.
    package var failedBatches = 0.0
    /// Share of batches that end `interrupted` half way.
    package var interruptedBatches = 0.0
    /// Share of finished batches whose status comes without `success` and `failure`.
    package var infoWithoutArrays = 0.0
    /// Milliseconds of sandbox time before every answer.
    package var latency = 0

    /// The knobs as a new sandbox has them.
    package init() {}
}
