import Acts
import Delivery
import Exports
import Foundation
import Profiles

/// A profile as the API tells it.
struct RemoteProfile: Decodable {
    let id: String
    let changedAt: String
    let attributes: [String: RemoteJSON]
}

/// A profile with what is known of it, as the API tells it.
struct RemoteCustomer: Decodable {
    let id: String
    let changedAt: RemoteTime
    let attributes: [String: RemoteJSON]
    let segments: [Membership]
    let exports: [Standing]
    let history: [Entry]

    struct Membership: Decodable {
        let id: Int64
        let name: String
        let member: Bool?
        let why: Verdict?
    }

    /// A part of a rule, with what the profile holds.
    struct Verdict: Decodable {
        let attribute: String?
        let value: RemoteJSON?
        let parts: [Verdict]

        /// The attributes looked at, with the profile's values.
        var values: [String: String] {
            var found: [String: String] = [:]
            if let attribute {
                found[attribute] = value.flatMap { ProfileView.Value($0) }?.text ?? "absent"
            }
            for part in parts { found.merge(part.values) { one, _ in one } }
            return found
        }
    }

    struct Standing: Decodable {
        let name: String
        let address: String?
        let state: String
        let reason: String?
        let runId: Int64?
        let at: RemoteTime?
        let profileId: String?
        let delivered: [String: String]
    }

    struct Entry: Decodable {
        let runId: Int64
        let exportName: String
        let address: String
        let profileId: String
        let outcome: String
        let operation: String?
        let reason: String?
        let winner: String?
        let at: RemoteTime
    }
}

/// How a file is read, as the API takes it.
struct RemoteImportOptions: Encodable {
    let key: String
    let dateOrder: String?
    let kinds: [Kind]
    let ignoredColumns: [String]
    let nullTexts: [String]
    let skipBadRows: Bool
    let removeMissing: Bool

    struct Kind: Encodable {
        let column: String
        let kind: String
    }

    init(_ options: ImportOptions) {
        key = options.key
        dateOrder = options.dateOrder?.rawValue
        kinds = options.kinds.sorted { $0.key < $1.key }.map {
            Kind(column: $0.key, kind: $0.value.rawValue)
        }
        ignoredColumns = options.ignoredColumns.sorted()
        nullTexts = options.nullTexts.sorted()
        skipBadRows = options.badRowsPath != nil
        removeMissing = options.removeMissing
    }
}

/// An import as the API tells it.
struct RemoteImport: Decodable {
    let id: Int64
    let state: String
    let detail: String?
    let badRows: [BadRow]
    let summary: Summary?
    let progress: Progress?

    struct BadRow: Decodable {
        let line: Int
        let detail: String
    }

    struct Progress: Decodable {
        let phase: String
        let rows: Int
        let bytes: Int
        let bytesTotal: Int
    }

    struct Summary: Decodable {
        let rows: Int
        let added: Int
        let changed: Int
        let unchanged: Int
        let badRows: Int
        let repeated: Int
        let removed: Int
        let attributes: [Attribute]
        let ignoredColumns: [String]
    }

    struct Attribute: Decodable {
        let name: String
        let kind: String
        let because: String
        let convertedFrom: String?
        let dateOrder: String?
        let present: Int
        let absent: Int
    }

    var isOpen: Bool { state == "waiting" || state == "running" }
}

extension RemoteService {
    /// Between two looks at an import.
    private static let lookPause = Duration.milliseconds(500)

    /// Uploads a file, has it imported, and waits for what comes of it.
    func importProfiles(
        _ file: FileHandle, named name: String, options: ImportOptions, stop: StopSignal,
        progress: (RemoteImport.Progress) -> Void
    ) async throws -> RemoteImport.Summary {
        struct Start: Encodable { let options: RemoteImportOptions }
        let draft: RemoteImport = try await upload(
            "/api/v1/imports", ["fileName": name, "start": "false"], file: file,
            contentType: "application/octet-stream")
        var job: RemoteImport = try await send(
            "POST", "/api/v1/imports/\(draft.id)/start",
            Start(options: RemoteImportOptions(options)))
        var isCancelled = false
        while job.isOpen {
            if stop.isRequested, !isCancelled {
                isCancelled = true
                try await send("POST", "/api/v1/imports/\(job.id)/cancel")
            }
            if let now = job.progress { progress(now) }
            try await Task.sleep(for: Self.lookPause)
            job = try await get("/api/v1/imports/\(job.id)")
        }
        if job.state == "cancelled" { throw CancellationError() }
        guard let summary = job.summary else {
            let rows = job.badRows.map { "\n  line \($0.line): \($0.detail)" }.joined()
            throw RemoteProblem(
                status: 409, text: (job.detail ?? "The import came to nothing.") + rows)
        }
        return summary
    }

    /// Profiles that a rule holds for, in the order the service has them.
    func profiles(matching rule: String?, limit: Int) async throws -> [ProfileView] {
        try await list("/api/v1/customers", ["filter": rule], limit: limit, as: RemoteProfile.self)
            .map(ProfileView.init)
    }

    /// A profile with everything that is known of it.
    func customer(_ id: String) async throws -> RemoteCustomer {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove(charactersIn: "/+;%")
        let path = id.addingPercentEncoding(withAllowedCharacters: allowed) ?? id
        return try await get("/api/v1/customers/\(path)")
    }

    /// The profiles whose address is this one.
    func customers(withAddress key: String) async throws -> [RemoteCustomer] {
        let found: [RemoteProfile] = try await list(
            "/api/v1/customers", ["search": key], limit: 100)
        var customers: [RemoteCustomer] = []
        for profile in found {
            let holdsIt = profile.attributes.values.contains { value in
                guard case .string(let text) = value else { return false }
                return PersonKey.normalized(text) == key
            }
            if holdsIt { customers.append(try await customer(profile.id)) }
        }
        return customers
    }
}
