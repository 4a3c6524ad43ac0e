/// The bytes of a file from the beginning of the current row on: a window that slides over the file
/// and grows only when a row is longer than it.
final class ByteWindow {
    typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int

    /// The bytes of the current row and of what was read after it. Valid until `refill`.
    private(set) var base: UnsafeMutablePointer<UInt8>
    /// How many bytes there are from `base` on.
    private(set) var count = 0
    /// Bytes of the file before `base`.
    private(set) var offset = 0

    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var isAtEnd = false
    private let source: Source

    /// `capacity` is what the window starts with; small ones are for tests of the edges.
    init(capacity: Int = 4 * ImportLimits.chunkBytes, source: @escaping Source) {
        self.capacity = max(1, capacity)
        self.source = source
        storage = .allocate(capacity: self.capacity)
        base = storage
    }

    deinit {
        storage.deallocate()
    }

    /// Leaves the first `length` bytes behind.
    func advance(by length: Int) {
        base += length
        count -= length
        offset += length
    }

    /// Reads more behind the bytes that are there, which may move `base`. False at the end of the file.
    func refill() throws -> Bool {
        if isAtEnd { return false }
        if base != storage {
            storage.update(from: base, count: count)
            base = storage
        }
        if count == capacity {
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
            larger.update(from: storage, count: count)
            storage.deallocate()
            storage = larger
            base = larger
            capacity *= 2
        }
        let read = try source(
            UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count))
        count += read
        isAtEnd = read == 0
        return read > 0
    }
}
