package import Exports
import Synchronization
package import Transport

/// Holds any destination against the port: whatever the line and the account do, what it answers must be true.
///
/// A destination gives a model of its account and a way to open it; each case is a test of its own.
package struct DestinationConformance: Sendable {
    package let descriptor: DestinationDescriptor
    /// Opens the destination at the end of a gate.
    package let open: @Sendable (AccountGate, Timekeeper) -> any Destination
    /// An account that nobody is in.
    package let server: @Sendable () -> any ConformanceServer
    /// What is exported; its list exists, and its mapping has a first name.
    package let export: Export
    /// Ten keys that the destination takes, in the order of their bytes.
    package let keys: [String]
    /// The secrets that the account is opened with.
    package let secrets: [String]

    package init(
        descriptor: DestinationDescriptor,
        open: @escaping @Sendable (AccountGate, Timekeeper) -> any Destination,
        server: @escaping @Sendable () -> any ConformanceServer, export: Export, keys: [String],
        secrets: [String]
    ) {
        self.descriptor = descriptor
        self.open = open
        self.server = server
        self.export = export
        self.keys = keys
        self.secrets = secrets
    }

    /// One thing that must hold.
    package struct Case: Sendable, CustomStringConvertible {
        package let description: String
        package let check: @Sendable (DestinationConformance) async throws -> Void

        init(
            _ description: String,
            _ check: @escaping @Sendable (DestinationConformance) async throws -> Void
        ) {
            self.description = description
            self.check = check
        }
    }

    /// Why a destination does not keep the port.
    package struct Breach: Error, CustomStringConvertible {
        package let description: String
    }

    /// Everything that must hold.
    package static let cases: [Case] =
        descriptions + deliveries + outcomes + troubles + silences

    static func require(_ holds: Bool, _ why: @autoclosure () -> String) throws {
        guard holds else { throw Breach(description: why()) }
    }

    // MARK: Opening

    /// An account with everything that happened to it.
    struct Bench: Sendable {
        let server: any ConformanceServer
        let line: FaultyLine
        let destination: any Destination
        let wire: any WireFormat
        let calls: Calls
    }

    final class Calls: Sendable {
        private let records = Mutex<[CallRecord]>([])

        func add(_ record: CallRecord) { records.withLock { $0.append(record) } }

        /// As they stand in logs and tables.
        var lines: [String] { records.withLock { $0.map { "\($0.method) \($0.path)" } } }
    }

    func bench() -> Bench {
        let server = server()
        let line = FaultyLine(server)
        let time = ManualTime()
        let calls = Calls()
        let gate = AccountGate(
            transport: line, pacer: Pacer(limits: PaceLimits([])), time: time.timekeeper,
            record: { calls.add($0) })
        let destination = open(gate, time.timekeeper)
        return Bench(
            server: server, line: line, destination: destination,
            wire: destination.wireFormat(for: export), calls: calls)
    }

    /// People who enter, each with a first name.
    func operations(
        _ keys: [String], names: [String] = ["Ada"], kind: OperationKind = .enter
    ) -> OperationList {
        var list = OperationList()
        for (place, key) in keys.enumerated() {
            var values = ValueList()
            if kind != .leave { values.append(names[place % names.count], for: .firstName) }
            let (key, id, bytes) = (Array(key.utf8), Array("p\(place)".utf8), values.bytes)
            key.withUnsafeBytes { key in
                id.withUnsafeBytes { id in
                    bytes.withUnsafeBytes {
                        list.append(
                            OperationView(kind: kind, key: key, profileID: id, values: $0))
                    }
                }
            }
        }
        return list
    }

    /// What became of a delivery.
    enum End: Sendable {
        case answered(DeliveryAnswer)
        case failed(DestinationError)
    }

    func deliver(_ operations: OperationList, _ bench: Bench) async -> End {
        do throws(DestinationError) {
            return .answered(try await bench.destination.deliver(operations, wire: bench.wire))
        } catch {
            return .failed(error)
        }
    }

    /// Delivers and asks until the account says what became of it.
    func settle(
        _ operations: OperationList, _ bench: Bench
    ) async throws -> (failed: [String], succeeded: Int?) {
        guard case .answered(.accepted(let receipt)) = await deliver(operations, bench) else {
            throw Breach(description: "A good batch was not accepted.")
        }
        for _ in 0..<100 {
            switch try await bench.destination.confirm(receipt) {
            case .settled(let failed, let succeeded): return (failed, succeeded)
            case .notYet: continue
            case .broken, .unclear:
                throw Breach(description: "A good batch was not confirmed.")
            }
        }
        throw Breach(description: "A good batch was never confirmed.")
    }
}
