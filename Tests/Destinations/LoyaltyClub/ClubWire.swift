import Exports
import Foundation

/// `{"program":"gold","members":[{"number":"a-1","first":"Ada"},…]}`
struct ClubWire: WireFormat {
    private let opening: [UInt8]
    private static let closing = Array("]}".utf8)

    init(program: String) {
        opening = Array("{\"program\":\(Self.quoted(program)),\"members\":[".utf8)
    }

    var limits: BatchLimits {
        BatchLimits(
            operationsMax: LoyaltyClub.descriptor.batches.operationsMax,
            bytesMax: LoyaltyClub.descriptor.batches.bytesMax,
            envelopeBytes: opening.count + Self.closing.count)
    }

    var keyRule: PersonKeyRule { LoyaltyClub.numbers }

    func append(_ operation: OperationView, to body: inout [UInt8]) {
        var members = ["\"number\":\(Self.quoted(operation.keyText))"]
        for entry in ValueList(bytes: Array(operation.values)).entries {
            let text = Self.quoted(entry.value)
            switch entry.target {
            case .firstName: members.append("\"first\":\(text)")
            case .lastName: members.append("\"last\":\(text)")
            case .phone, .tag: break
            case .field(let id): members.append("\(Self.quoted("x-\(id)")):\(text)")
            }
        }
        body.append(contentsOf: "{\(members.joined(separator: ","))}".utf8)
    }

    func body(of operations: OperationList) -> [UInt8] {
        var body = opening
        var isFirst = true
        operations.visit { operation in
            if !isFirst { body.append(UInt8(ascii: ",")) }
            isFirst = false
            append(operation, to: &body)
        }
        return body + Self.closing
    }

    private static func quoted(_ text: String) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        } catch {
            preconditionFailure("A text can always be written as JSON: \(error)")
        }
    }
}
