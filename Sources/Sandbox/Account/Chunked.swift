/// A list that grows in pieces of fixed size: it never copies what it holds, so a million rows need
/// the room of a million rows and no more.
struct Chunked<Element: Sendable>: Sendable {
    private static var bits: Int { 14 }
    private static var size: Int { 1 << bits }

    private var chunks: [[Element]] = []
    private(set) var count = 0

    subscript(index: Int) -> Element {
        // Yielding in place of returning keeps a look at one property from copying the whole
        // element.
        _read { yield chunks[index >> Self.bits][index & (Self.size - 1)] }
        _modify { yield &chunks[index >> Self.bits][index & (Self.size - 1)] }
    }

    /// Adds `element` at the end and answers its index.
    @discardableResult
    mutating func append(_ element: Element) -> Int {
        if count & (Self.size - 1) == 0 {
            var chunk: [Element] = []
            chunk.reserveCapacity(Self.size)
            chunks.append(chunk)
        }
        chunks[count >> Self.bits].append(element)
        count += 1
        return count - 1
    }
}
