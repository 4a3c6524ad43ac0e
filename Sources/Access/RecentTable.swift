/// A table that keeps what was touched last, and never more than its limit.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var entries: [Key: Entry] = [:]
    private var clock: UInt64 = 0
    private let entriesMax: Int

    private struct Entry {
        var value: Value
        var touched: UInt64
    }

    init(entriesMax: Int) {
        self.entriesMax = entriesMax
    }

    var count: Int { entries.count }

    subscript(key: Key) -> Value? { entries[key]?.value }

    mutating func set(_ value: Value, for key: Key) {
        clock += 1
        entries[key] = Entry(value: value, touched: clock)
        guard entries.count > entriesMax else { return }
        // A tenth at once, so that sorting is rare.
        let kept = entries.map(\.value.touched).sorted().suffix(entriesMax - entriesMax / 10)
        guard let oldest = kept.first else { return }
        entries = entries.filter { $0.value.touched >= oldest }
    }

    /// Changes a value that is there.
    mutating func update(_ key: Key, _ change: (inout Value) -> Void) {
        guard var value = self[key] else { return }
        change(&value)
        set(value, for: key)
    }

    mutating func remove(_ key: Key) {
        entries[key] = nil
    }
}
