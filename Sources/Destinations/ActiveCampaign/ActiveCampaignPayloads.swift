import Exports

/// The importer's request body, written by hand: a million people a run make the general encoder the
/// slowest part of it.
///
/// Keys are snake_case; the importer drops others silently. Absent values are left out.
struct ActiveCampaignWire: WireFormat {
    private let subscribe: [UInt8]
    private let unsubscribe: [UInt8]
    private let leaves: Bool
    private let opening: [UInt8]

    init(export: Export) {
        let list = Self.listID(export.list.id)
        subscribe = Array(",\"subscribe\":[{\"listid\":\(list)}]".utf8)
        unsubscribe = Array(",\"unsubscribe\":[{\"listid\":\(list)}]".utf8)
        leaves = export.onLeave == .unsubscribe
        // At the top level, where the documentation's text and live observation put it.
        let automations = export.startsAutomations ? "" : "\"exclude_automations\":true,"
        opening = Array("{\(automations)\"contacts\":[".utf8)
    }

    private static let closing = Array("]}".utf8)

    var limits: BatchLimits {
        BatchLimits(
            operationsMax: ActiveCampaignLimits.contactsPerImportMax,
            bytesMax: ActiveCampaignLimits.importBytesMax,
            envelopeBytes: opening.count + Self.closing.count)
    }

    func body(of operations: OperationList) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(operations.bytes.count * 2 + operations.count * 80)
        body.append(contentsOf: opening)
        var isFirst = true
        operations.visit { operation in
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            append(operation, to: &body)
        }
        body.append(contentsOf: Self.closing)
        return body
    }

    func append(_ operation: OperationView, to body: inout [UInt8]) {
        JSONText.append("{\"email\":", to: &body)
        JSONText.appendString(operation.key, to: &body)
        appendValues(operation.values, to: &body)
        if operation.kind == .leave {
            if leaves { body.append(contentsOf: unsubscribe) }
        } else {
            body.append(contentsOf: subscribe)
        }
        body.append(UInt8(ascii: "}"))
    }

    private func appendValues(_ values: UnsafeRawBufferPointer, to body: inout [UInt8]) {
        var fields = 0
        var tags = 0
        ValueList.visit(in: values) { target, value in
            switch target {
            case .firstName:
                JSONText.append(",\"first_name\":", to: &body)
                JSONText.appendString(value, to: &body)
            case .lastName:
                JSONText.append(",\"last_name\":", to: &body)
                JSONText.appendString(value, to: &body)
            case .phone:
                JSONText.append(",\"phone\":", to: &body)
                JSONText.appendString(value, to: &body)
            case .tag: tags += 1
            case .field: fields += 1
            }
        }
        if fields > 0 { appendFields(values, to: &body) }
        if tags > 0 { appendTags(values, to: &body) }
    }

    private func appendFields(_ values: UnsafeRawBufferPointer, to body: inout [UInt8]) {
        JSONText.append(",\"fields\":[", to: &body)
        var isFirst = true
        ValueList.visit(in: values) { target, value in
            guard case .field(let id) = target else { return }
            JSONText.append(isFirst ? "{\"id\":" : ",{\"id\":", to: &body)
            isFirst = false
            if JSONText.isWholeNumber(id) {
                body.append(contentsOf: id)
            } else {
                JSONText.appendString(id, to: &body)
            }
            JSONText.append(",\"value\":", to: &body)
            JSONText.appendString(value, to: &body)
            body.append(UInt8(ascii: "}"))
        }
        body.append(UInt8(ascii: "]"))
    }

    private func appendTags(_ values: UnsafeRawBufferPointer, to body: inout [UInt8]) {
        JSONText.append(",\"tags\":[", to: &body)
        var isFirst = true
        ValueList.visit(in: values) { target, value in
            guard case .tag = target else { return }
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            JSONText.appendString(value, to: &body)
        }
        body.append(UInt8(ascii: "]"))
    }

    /// List ids are numbers in every example of the vendor's; another id is sent as text.
    private static func listID(_ id: String) -> String {
        if let number = Int(id) { return String(number) }
        var bytes: [UInt8] = []
        let text = Array(id.utf8)
        text.withUnsafeBytes { JSONText.appendString($0, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Writes JSON text byte by byte.
enum JSONText {
    static func append(_ text: StaticString, to body: inout [UInt8]) {
        body.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Whether a text may stand as a number as it is: digits, no leading zero.
    static func isWholeNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let first = text.first, text.count <= 18, first != UInt8(ascii: "0") else {
            return false
        }
        return text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// A quoted string from UTF-8.
    static func appendString(_ text: UnsafeRawBufferPointer, to body: inout [UInt8]) {
        body.append(UInt8(ascii: "\""))
        var start = text.startIndex
        for position in text.indices {
            let byte = text[position]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            body.append(contentsOf: text[start..<position])
            appendEscape(byte, to: &body)
            start = position + 1
        }
        body.append(contentsOf: text[start..<text.endIndex])
        body.append(UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to body: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"", to: &body)
        case UInt8(ascii: "\\"): append("\\\\", to: &body)
        case 0x0A: append("\\n", to: &body)
        case 0x0D: append("\\r", to: &body)
        case 0x09: append("\\t", to: &body)
        default:
            append("\\u00", to: &body)
            let digits = Array("0123456789abcdef".utf8)
            body.append(digits[Int(byte >> 4)])
            body.append(digits[Int(byte & 0x0F)])
        }
    }
}

/// A number that may come as text, as most numbers of this API do.
struct LooseNumber: Decodable {
    let value: Int?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            value = number
        } else if let text = try? container.decode(String.self) {
            value = Int(text)
        } else if let flag = try? container.decode(Bool.self) {
            value = flag ? 1 : 0
        } else {
            value = nil
        }
    }
}

/// A text that may come as a number.
struct LooseText: Decodable, Sendable {
    let value: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            value = text
        } else if let number = try? container.decode(Int.self) {
            value = String(number)
        } else {
            value = nil
        }
    }
}

/// Answer of the importer, both when it queues and when it rejects.
struct ImportAnswer: Decodable {
    let success: LooseNumber?
    let queued: LooseNumber?
    let batchID: String?
    let message: String?
    let reasons: [FailureReason]?

    private enum CodingKeys: String, CodingKey {
        case success
        case successCapitalized = "Success"
        case queued = "queued_contacts"
        case batchID = "batchId"
        case message
        case reasons = "failureReasons"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        success =
            try container.decodeIfPresent(LooseNumber.self, forKey: .success)
            ?? container.decodeIfPresent(LooseNumber.self, forKey: .successCapitalized)
        queued = try container.decodeIfPresent(LooseNumber.self, forKey: .queued)
        batchID = try container.decodeIfPresent(LooseText.self, forKey: .batchID)?.value
        message = try container.decodeIfPresent(LooseText.self, forKey: .message)?.value
        // Reasons come in several shapes; an unknown one must not hide the rest of the answer.
        reasons = try? container.decodeIfPresent([FailureReason].self, forKey: .reasons)
    }
}

/// A reason of a rejection: about one contact, or a general text.
enum FailureReason: Decodable {
    /// `position` is counted from 1.
    case contact(position: Int, text: String)
    case general(String)

    private enum CodingKeys: String, CodingKey {
        case contact
        case failureReason
    }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .general(text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text =
            try container.decodeIfPresent(LooseText.self, forKey: .failureReason)?.value ?? ""
        if let position = try container.decodeIfPresent(LooseNumber.self, forKey: .contact)?.value {
            self = .contact(position: position, text: text)
        } else {
            self = .general(text)
        }
    }
}

/// Answer of `import/info`.
struct ImportInfo: Decodable {
    /// Nil for the boolean `false`, which says that nothing is recorded yet.
    let status: String?
    let success: [LooseText]?
    let failure: [LooseText]?
    /// Whether failures are named in a form that cannot be read.
    let hidesFailures: Bool

    private enum CodingKeys: String, CodingKey {
        case status
        case success
        case failure
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.status) else {
            throw DecodingError.keyNotFound(
                CodingKeys.status, .init(codingPath: [], debugDescription: "no status"))
        }
        status = try? container.decode(String.self, forKey: .status)
        success = try? container.decodeIfPresent([LooseText].self, forKey: .success)
        let isAbsent = (try? container.decodeNil(forKey: .failure)) ?? true
        failure = try? container.decodeIfPresent([LooseText].self, forKey: .failure)
        let nulls = (try? container.decodeIfPresent([String?].self, forKey: .failure)) != nil
        hidesFailures =
            !isAbsent
            && (failure == nil || (!nulls && failure?.contains { $0.value == nil } == true))
    }
}

/// Answer of the aggregate, `GET import/bulk_import`.
struct ImportAggregate: Decodable {
    struct Day: Decodable {
        let batches: LooseNumber?
    }

    let outstanding: [Day]
}

struct UserAnswer: Decodable {
    struct User: Decodable {
        let username: LooseText?
        let email: LooseText?
    }

    let user: User
}

struct AccountAnswer: Decodable {
    let subscriberLimit: LooseNumber?
    let subscriberTotal: LooseNumber?

    private enum CodingKeys: String, CodingKey {
        case subscriberLimit = "subscriber_limit"
        case subscriberTotal = "subscriber_total"
    }
}

struct ListsAnswer: Decodable {
    struct List: Decodable {
        let id: LooseText
        let name: LooseText?
    }

    let lists: [List]
}

struct FieldsAnswer: Decodable {
    struct Field: Decodable {
        let id: LooseText
        let title: LooseText?
        let type: LooseText?
    }

    let fields: [Field]
}

struct ContactsAnswer: Decodable {
    struct Contact: Decodable {
        let id: LooseText
        let email: LooseText?
        let bouncedHard: LooseNumber?

        private enum CodingKeys: String, CodingKey {
            case id
            case email
            case bouncedHard = "bounced_hard"
        }
    }

    let contacts: [Contact]
}

struct ContactListsAnswer: Decodable {
    struct Membership: Decodable {
        let list: LooseText?
        let status: LooseNumber?
        let unsubscribeReason: LooseText?
        let campaign: LooseText?
        let updatedAt: LooseText?
        let message: LooseText?
        let unsubscribeAutomation: LooseText?
        let unsubscribeAddress: LooseText?

        private enum CodingKeys: String, CodingKey {
            case list
            case status
            case unsubscribeReason = "unsubreason"
            case campaign
            case updatedAt = "udate"
            case message
            case unsubscribeAutomation
            case unsubscribeAddress = "ip4Unsub"
        }
    }

    let contactLists: [Membership]
}

/// Entries of `lists/exclusions`.
struct ExclusionsAnswer: Decodable {
    struct Exclusion: Decodable, Sendable {
        let matchPhrase: LooseText?
        let matchType: LooseText?
    }

    let exclusions: [Exclusion]

    private struct Key: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The documentation does not name the envelope, so the first list of entries is taken.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
            if let found = try? container.decode([Exclusion].self, forKey: key) {
                exclusions = found
                return
            }
        }
        exclusions = []
    }
}
