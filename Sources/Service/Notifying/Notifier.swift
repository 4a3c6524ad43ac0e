package import Access
package import Acts
import Foundation
package import Logging
package import Store
import Transport

/// Tells people of runs that failed, are held or have recovered, by webhook and by mail.
///
/// What is told stands in the outbox before it is sent, and a run's turn is stored together with the run itself,
/// so that a crash at any moment loses nothing; at worst something arrives twice, with the same id.
package final class Notifier: Sendable {
    let catalog: Catalog
    private let means: NotifyingMeans
    private let publicURL: String?
    private let wording: @Sendable (Notice, _ language: String) -> MailWords
    private let logger: Logger
    private let now: @Sendable () -> Int64

    /// Turns looked at, and notices sent by one way, before the others have their turn.
    private static let atOnceMax = 20
    /// How often it looks for something to do.
    private static let pause: Duration = .seconds(5)

    /// `publicURL` is the address of the service, for links; `wording` puts a notice into words of a language.
    package init(
        catalog: Catalog, means: NotifyingMeans, publicURL: String?,
        wording: @escaping @Sendable (Notice, String) -> MailWords, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.catalog = catalog
        self.means = means
        self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.wording = wording
        self.logger = logger
        self.now = now
    }

    // MARK: Working it off

    /// Works as long as the service lives.
    package func run() async {
        while !Task.isCancelled {
            do {
                try await tick()
                try await ContinuousClock().sleep(for: Self.pause)
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "Notifications could not be worked off. They are tried again.",
                    metadata: ["error.type": "\(type(of: error))"])
                // Cancellation is seen by the loop.
                try? await ContinuousClock().sleep(for: Self.pause)
            }
        }
    }

    /// Decides what is to be told of runs, and sends what is due. Throws trouble of the catalog,
    /// and `CancellationError`; what goes wrong with a notice is noted with it.
    package func tick() async throws {
        try collect()
        try await withThrowingTaskGroup(of: Void.self) { group in
            // A webhook that does not answer must not hold up mails.
            for channel in NoticeChannel.allCases {
                group.addTask { try await self.sendDue(by: channel) }
            }
            try await group.waitForAll()
        }
    }

    /// Turns of runs become notices.
    private func collect() throws {
        let settings = try catalog.setup.notificationSettings()
        while true {
            let turns = try catalog.history.runTurns(limit: Self.atOnceMax)
            for turn in turns {
                try catalog.history.settle(
                    turn.id, telling: try notices(of: turn, settings), at: now())
            }
            guard turns.count == Self.atOnceMax else { return }
        }
    }

    private func notices(
        of turn: RunTurn, _ settings: NotificationSettings
    ) throws -> [NewNotice] {
        guard now() - turn.at <= NoticeRule.newsAgeMax,
            let event = NoticeRule.event(
                of: turn.state, trigger: turn.run.trigger, reason: turn.run.reason, at: turn.at,
                after: turn.previous)
        else { return [] }
        return try notices(of: event, cause: "turn-\(turn.id)", settings) { id in
            Notice(
                id: id, event: event, at: turn.at,
                run: Notice.RunPart(turn.run, state: turn.state),
                link: publicURL.map { "\($0)/runs/\(turn.run.id)" })
        }
    }

    /// One notice for each way that is set up, when the event is chosen.
    private func notices(
        of event: NoticeEvent, cause: String, _ settings: NotificationSettings,
        _ notice: (_ id: String) -> Notice
    ) throws -> [NewNotice] {
        guard event == .test || (settings.isActive && settings.events.contains(event)) else {
            return []
        }
        return try settings.channels.map { channel in
            let id = UUID().uuidString.lowercased()
            return NewNotice(
                uid: id, channel: channel, event: event, cause: cause,
                text: try notice(id).json)
        }
    }

    private func sendDue(by channel: NoticeChannel) async throws {
        let due = try catalog.history.dueNotices(channel, at: now(), limit: Self.atOnceMax)
        for notice in due { try await attempt(notice) }
    }

    /// One attempt, counted before it is made.
    private func attempt(_ notice: OutgoingNotice) async throws {
        let attempts = notice.attempts + 1
        let attemptsMax = NoticeRetries.attemptsMax(notice.event)
        guard attempts <= attemptsMax else {
            // The service ended during the last attempt; nobody knows what came of it.
            try catalog.history.endAttempt(
                notice.id, trouble: notice.trouble ?? "interrupted", isLast: true, at: now())
            return
        }
        let time = now()
        guard
            try catalog.history.beginAttempt(
                notice.id, nextTryAt: time + NoticeRetries.pause(afterAttempts: attempts), at: time)
        else { return }
        try await carryOut(notice, isLast: attempts >= attemptsMax)
    }

    /// Makes an attempt that has been counted.
    private func carryOut(_ notice: OutgoingNotice, isLast: Bool) async throws {
        let trouble = await self.trouble(sending: notice)
        // What was cut short by the end of the service is tried again.
        try Task.checkCancellation()
        try catalog.history.endAttempt(notice.id, trouble: trouble, isLast: isLast, at: now())
    }

    /// What went wrong; nil when it was taken.
    private func trouble(sending notice: OutgoingNotice) async -> String? {
        do {
            let settings = try catalog.setup.notificationSettings()
            switch notice.channel {
            case .webhook: return try await post(notice, settings)
            case .mail: return try await mail(notice, settings)
            }
        } catch let error as TransportError {
            return error.code.rawValue
        } catch let error as Sendmail.Trouble {
            return error.code
        } catch is MasterKey.SealError {
            return "secret-unreadable"
        } catch {
            return "unknown"
        }
    }

    private func post(
        _ notice: OutgoingNotice, _ settings: NotificationSettings
    ) async throws -> String? {
        guard let url = settings.webhookURL, let sealed = settings.sealedSecret else {
            return "not-set-up"
        }
        let body = Array(notice.text.utf8)
        let signature = WebhookSignature.header(
            secret: try means.open(sealed), seconds: now() / 1_000, body: body)
        let status = try await means.post(url, signature, body)
        return (200..<300).contains(status) ? nil : "status-\(status)"
    }

    private func mail(
        _ notice: OutgoingNotice, _ settings: NotificationSettings
    ) async throws -> String? {
        let to = settings.mailTo.compactMap { MailAddress($0) }
        guard let from = settings.mailFrom.flatMap({ MailAddress($0) }), !to.isEmpty else {
            return "not-set-up"
        }
        let words = wording(try Notice(json: notice.text), settings.language)
        try await means.mail(
            MailMessage(id: notice.uid, from: from, to: to, words: words, at: now()).bytes)
        return nil
    }

    // MARK: From elsewhere

    /// Tells that a refresh failed, or some of its steps did. Telling it of the same refresh again does
    /// nothing. Throws trouble of the catalog.
    package func tellRefreshFailed(
        _ refresh: Refresh.ID, reason: String?, failedTasks: Int, at time: Int64
    ) throws {
        let settings = try catalog.setup.notificationSettings()
        let notices = try notices(
            of: .refreshFailed, cause: "refresh-\(refresh)", settings
        ) { id in
            Notice(
                id: id, event: .refreshFailed, at: time,
                refresh: Notice.RefreshPart(
                    id: refresh, reason: reason, failedTasks: failedTasks),
                link: publicURL.map { "\($0)/system/status/\(refresh)" })
        }
        try catalog.history.tell(notices, at: now())
    }

    /// Tells by every way that is set up that this is a test, and answers what came of it. Throws
    /// trouble of the catalog, and `CancellationError`; what goes wrong with a notice is noted with
    /// it.
    package func sendTest(by actor: Actor) async throws -> [OutgoingNotice] {
        let settings = try catalog.setup.notificationSettings()
        let cause = "test-\(UUID().uuidString.lowercased())"
        let notices = try notices(of: .test, cause: cause, settings) { id in
            Notice(
                id: id, event: .test, at: now(),
                link: publicURL.map { "\($0)/system/notifications" })
        }
        guard !notices.isEmpty else { return [] }
        let time = now()
        try catalog.history.beginTest(
            notices, nextTryAt: time + NoticeRetries.pause(afterAttempts: 1), by: actor, at: time)
        for notice in try catalog.history.notices(ofCause: cause) {
            try await carryOut(notice, isLast: true)
        }
        return try catalog.history.notices(ofCause: cause)
    }
}

extension Notifier: Telling {
    package func isWebhookAddress(_ url: String) -> Bool { means.isWebhookAddress(url) }

    /// Throws what `Telling` says.
    package func seal(_ secret: String) throws -> [UInt8] { try means.seal(secret) }
}
