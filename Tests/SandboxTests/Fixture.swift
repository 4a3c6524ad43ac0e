@testable import Sandbox

/// An account with a clock that only moves when told, and short ways to call it.
struct Fixture {
    let account: SandboxAccount
    var now = 1_770_000_000.0

    init(_ change: (inout Knobs) -> Void = { _ in }) {
        var knobs = Knobs()
        change(&knobs)
        account = SandboxAccount(knobs: knobs, at: now)
    }

    func call(
        _ method: String, _ path: String, _ query: [(name: String, value: String)] = [],
        json: JSONValue? = nil, key: String? = "sandbox-key"
    ) -> SandboxAnswer {
        account.answer(
            SandboxRequest(
                method, path.hasPrefix("/sandbox") ? path : "/api/3" + path, query: query,
                key: key, body: json?.bytes ?? [], base: "http://127.0.0.1:8300"),
            at: now)
    }

    /// Sends an import and answers its batch id.
    func submit(_ rows: [JSONValue]) -> String {
        call("POST", "/import/bulk_import", json: ["contacts": .array(rows)])
            .json["batchId"]?.text ?? ""
    }

    func info(_ batch: String) -> JSONValue {
        call("GET", "/import/info", [("batchId", batch)]).json
    }

    /// Sends an import, waits until it ended, and answers its status.
    mutating func carryOut(_ rows: [JSONValue]) -> JSONValue {
        let batch = submit(rows)
        now += 1000
        return info(batch)
    }
}

/// A row of an import that subscribes to list 1.
func row(_ email: String, _ more: (String, JSONValue)...) -> JSONValue {
    .object(
        [.init(name: "email", value: .string(email))]
            + [.init(name: "subscribe", value: [["listid": 1]])]
            + more.map { .init(name: $0.0, value: $0.1) })
}

extension JSONValue {
    var texts: [String] { elements.compactMap(\.text) }
}
