import Exports
import Profiles

extension Export {
    static func sample(
        list: String = "12", tags: [String] = [], onLeave: LeavePolicy = .keep,
        startsAutomations: Bool = false
    ) -> Export {
        Export(
            id: 1, name: "Loyal customers", connection: 1,
            list: ListReference(id: list, name: "News"), segments: ["Loyal"],
            mapping: Mapping(email: "Email"), tags: tags, onLeave: onLeave,
            startsAutomations: startsAutomations)
    }
}

extension ValueList {
    init(_ entries: [(Target, String)]) {
        self.init()
        for (target, value) in entries { append(value, for: target) }
    }
}

extension OperationList {
    mutating func append(_ kind: OperationKind, _ key: String, _ values: ValueList = ValueList()) {
        Array(key.utf8).withUnsafeBytes { key in
            values.bytes.withUnsafeBytes { values in
                append(
                    OperationView(
                        kind: kind, key: key,
                        profileID: UnsafeRawBufferPointer(start: nil, count: 0),
                        values: values))
            }
        }
    }

    /// People who enter, without values.
    static func people(_ keys: String...) -> OperationList {
        var list = OperationList()
        for key in keys { list.append(.enter, key) }
        return list
    }
}
