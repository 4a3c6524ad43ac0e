package import Access
import Foundation
import GRDB
import SQLiteKit

extension SetupCatalog {
    /// To whom runs are told; nobody, before it is set up. Throws trouble of the catalog.
    package func notificationSettings() throws -> NotificationSettings {
        try database.read { try Self.notificationSettings(in: $0) }
    }

    /// Changes to whom runs are told. One row of the audit names the fields, never what they hold; when nothing
    /// differs, none is written. What waits to be sent by a way that is no more, or after all is switched
    /// off, is given up. Throws trouble of the catalog.
    package func setNotificationSettings(
        _ settings: NotificationSettings, by actor: Actor, at now: Int64
    ) throws {
        try database.write { db in
            let stored = try Self.notificationSettings(in: db)
            let fields = Self.differences(stored, settings)
            guard !fields.isEmpty else { return }
            try db.execute(
                sql: """
                    INSERT INTO notificationSettings
                      (id, isActive, webhookURL, webhookSecret, mailTo, mailFrom, language, events)
                    VALUES (1, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET isActive = excluded.isActive,
                      webhookURL = excluded.webhookURL, webhookSecret = excluded.webhookSecret,
                      mailTo = excluded.mailTo, mailFrom = excluded.mailFrom,
                      language = excluded.language, events = excluded.events
                    """,
                arguments: [
                    settings.isActive, settings.webhookURL, settings.sealedSecret.map { Data($0) },
                    try JSONColumn.text(settings.mailTo), settings.mailFrom, settings.language,
                    try JSONColumn.text(settings.events.map(\.rawValue).sorted()),
                ])
            let open = settings.isActive ? settings.channels : []
            for channel in NoticeChannel.allCases where !open.contains(channel) {
                try db.execute(
                    sql: """
                        UPDATE notification SET state = 'failed', trouble = 'switched-off',
                          nextTryAt = NULL, endedAt = ?
                        WHERE state = 'pending' AND channel = ?
                        """,
                    arguments: [now, channel.rawValue])
            }
            try Catalog.write(
                AuditEvent(
                    actor: actor, verb: "set", noun: "notifications", thing: "notifications",
                    changes: fields), in: db)
        }
    }

    private static func differences(
        _ old: NotificationSettings, _ new: NotificationSettings
    ) -> [String] {
        [
            ("isActive", old.isActive != new.isActive),
            ("webhookURL", old.webhookURL != new.webhookURL),
            ("signingSecret", old.sealedSecret != new.sealedSecret),
            ("mailTo", old.mailTo != new.mailTo), ("mailFrom", old.mailFrom != new.mailFrom),
            ("language", old.language != new.language), ("events", old.events != new.events),
        ].filter(\.1).map(\.0)
    }

    static func notificationSettings(in db: Database) throws -> NotificationSettings {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM notificationSettings") else {
            return .none
        }
        let secret: Data? = row["webhookSecret"]
        return NotificationSettings(
            isActive: row["isActive"], webhookURL: row["webhookURL"],
            sealedSecret: secret.map { Array($0) },
            mailTo: try row.json(
                [String].self, StoredPlace("notificationSettings", "mailTo")),
            mailFrom: row["mailFrom"], language: row["language"],
            events: try row.json(
                Set<NoticeEvent>.self, StoredPlace("notificationSettings", "events")))
    }
}
