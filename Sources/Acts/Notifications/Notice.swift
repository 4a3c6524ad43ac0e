package import Exports
import Foundation
package import Store

/// What people are told: that something happened, to which run, and in numbers. It holds no value of a
/// profile, no address of a person and no secret, and is what a webhook gets as JSON.
package struct Notice: Equatable, Sendable {
    /// The form of the JSON; a change that breaks receivers raises it.
    package static let version = 1

    /// By which a receiver knows what came twice.
    package let id: String
    package let event: NoticeEvent
    /// ISO 8601 in UTC.
    package let at: String
    package let run: RunPart?
    package let refresh: RefreshPart?
    /// The page that shows more; nil when the service does not know its own address.
    package let link: String?

    /// The run it is about.
    package struct RunPart: Codable, Equatable, Sendable {
        package let id: Run.ID
        package let exportId: Export.ID
        package let exportName: String
        package let state: String
        package let trigger: String
        /// A stable code.
        package let reason: String?
        package let members: Int
        package let unchanged: Int
        package let delivered: Int
        package let pending: Int
        package let refused: Int
        package let suppressed: Int
        /// People who leave by the plan.
        package let leave: Int
    }

    /// The refresh it is about.
    package struct RefreshPart: Codable, Equatable, Sendable {
        package let id: Refresh.ID
        /// A stable code.
        package let reason: String?
        /// How many of its steps failed.
        package let failedTasks: Int

        package init(id: Refresh.ID, reason: String?, failedTasks: Int) {
            self.id = id
            self.reason = reason
            self.failedTasks = failedTasks
        }
    }

    package init(
        id: String, event: NoticeEvent, at milliseconds: Int64, run: RunPart? = nil,
        refresh: RefreshPart? = nil, link: String? = nil
    ) {
        self.id = id
        self.event = event
        at = Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
        self.run = run
        self.refresh = refresh
        self.link = link
    }
}

extension Notice.RunPart {
    /// A run as it stood at its turn.
    package init(_ run: Run, state: RunState) {
        id = run.id
        exportId = run.export
        exportName = run.exportName
        self.state = state.rawValue
        trigger = run.trigger.rawValue
        reason = run.reason
        members = run.members
        unchanged = run.unchanged
        delivered = run.delivered
        pending = run.pending
        refused = run.refused
        suppressed = run.suppressed
        leave = run.plan?.leave ?? 0
    }
}

extension Notice.RunPart {
    private enum Key: String, CodingKey {
        case id, exportId, exportName, state, trigger, reason, members, unchanged, delivered,
            pending, refused, suppressed, leave
    }

    /// Every member is there, with null where there is nothing. Throws what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(id, forKey: .id)
        try members.encode(exportId, forKey: .exportId)
        try members.encode(exportName, forKey: .exportName)
        try members.encode(state, forKey: .state)
        try members.encode(trigger, forKey: .trigger)
        try members.encode(reason, forKey: .reason)
        try members.encode(self.members, forKey: .members)
        try members.encode(unchanged, forKey: .unchanged)
        try members.encode(delivered, forKey: .delivered)
        try members.encode(pending, forKey: .pending)
        try members.encode(refused, forKey: .refused)
        try members.encode(suppressed, forKey: .suppressed)
        try members.encode(leave, forKey: .leave)
    }
}

extension Notice: Codable {
    private enum Key: String, CodingKey {
        case version, id, event, at, run, refresh, link
    }

    /// Every member is there, with null where there is nothing. Throws what the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(Self.version, forKey: .version)
        try members.encode(id, forKey: .id)
        try members.encode(event, forKey: .event)
        try members.encode(at, forKey: .at)
        try members.encode(run, forKey: .run)
        try members.encode(refresh, forKey: .refresh)
        try members.encode(link, forKey: .link)
    }

    /// Throws what the decoder throws.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        id = try members.decode(String.self, forKey: .id)
        event = try members.decode(NoticeEvent.self, forKey: .event)
        at = try members.decode(String.self, forKey: .at)
        run = try members.decodeIfPresent(RunPart.self, forKey: .run)
        refresh = try members.decodeIfPresent(RefreshPart.self, forKey: .refresh)
        link = try members.decodeIfPresent(String.self, forKey: .link)
    }

    /// The text that a webhook gets, byte by byte the same at every attempt. Throws what the encoder throws.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Throws what the decoder throws.
    package init(json: String) throws {
        self = try JSONDecoder().decode(Notice.self, from: Data(json.utf8))
    }
}
