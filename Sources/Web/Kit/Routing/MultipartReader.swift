/// Reads `multipart/form-data` (RFC 7578) as it comes in, piece by piece, in memory that does not grow with
/// it. A pure state machine over bytes, and strict: what no browser sends is refused.
struct MultipartReader {
    /// What the head of a part says.
    struct Part: Equatable, Sendable {
        /// The field's name.
        let name: String
        /// Nil when the part is no file.
        let fileName: String?
    }

    /// What a piece of the body turned out to hold.
    enum Event: Equatable, Sendable {
        case begin(Part)
        /// The next bytes of that part.
        case bytes([UInt8])
        case end
    }

    /// Why a body is refused. It never holds any of the body.
    enum Malformed: Error, Equatable, Sendable {
        case boundary
        case header
        case tooManyParts
        /// The body ends before its last boundary, or goes on after it.
        case end
    }

    /// Bytes of the head of one part.
    static let headBytesMax = 8_192
    /// Parts of one body.
    static let partsMax = 100

    private enum State {
        /// Before the first boundary.
        case beginning
        /// Behind a boundary: another part, or the end.
        case afterBoundary
        case head
        case content
        case finished
    }

    private let delimiter: [UInt8]
    private var state = State.beginning
    private var held: [UInt8] = []
    private var parts = 0

    /// Nil for a boundary that RFC 2046 does not allow.
    init?(boundary: String) {
        let allowed = boundary.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "'()+_,-./:=? ".utf8.contains(byte)
            }
        }
        guard allowed, (1...70).contains(boundary.utf8.count), !boundary.hasSuffix(" ") else {
            return nil
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// The boundary that a content type names; nil when it is no form of this kind.
    static func boundary(inContentType text: String?) -> String? {
        guard let text else { return nil }
        let pieces = HeaderParameters(text)
        guard pieces.value.lowercased() == "multipart/form-data" else { return nil }
        return pieces["boundary"]
    }

    /// Takes in the next piece of the body and tells what it holds.
    mutating func read(
        _ piece: some Sequence<UInt8>, _ emit: (Event) throws -> Void
    ) throws {
        held.append(contentsOf: piece)
        var place = 0
        while let next = try step(from: place, emit) { place = next }
        held.removeFirst(consumed)
        consumed = 0
    }

    /// Bytes of `held` that are done with.
    private var consumed = 0

    /// The body has ended. Throws when it ended too early.
    func end() throws(Malformed) {
        guard case .finished = state else { throw .end }
    }

    /// One step from a place in `held`; nil when more bytes are needed.
    private mutating func step(from place: Int, _ emit: (Event) throws -> Void) throws -> Int? {
        consumed = place
        let rest = held.count - place
        switch state {
        case .beginning:
            // The first boundary has no line break before it.
            let first = delimiter.dropFirst(2)
            guard rest >= first.count else {
                guard first.starts(with: held[place...]) else { throw Malformed.boundary }
                return nil
            }
            guard held[place...].starts(with: first) else { throw Malformed.boundary }
            state = .afterBoundary
            return place + first.count
        case .afterBoundary:
            guard rest >= 2 else { return nil }
            switch (held[place], held[place + 1]) {
            case (UInt8(ascii: "\r"), UInt8(ascii: "\n")): state = .head
            case (UInt8(ascii: "-"), UInt8(ascii: "-")): state = .finished
            default: throw Malformed.boundary
            }
            return place + 2
        case .head:
            let lineBreaks = Array("\r\n\r\n".utf8)
            guard let end = Self.find(lineBreaks, in: held, from: place) else {
                guard rest <= Self.headBytesMax else { throw Malformed.header }
                return nil
            }
            guard end - place <= Self.headBytesMax else { throw Malformed.header }
            parts += 1
            guard parts <= Self.partsMax else { throw Malformed.tooManyParts }
            try emit(.begin(try Self.part(held[place..<end])))
            state = .content
            return end + 4
        case .content:
            if let end = Self.find(delimiter, in: held, from: place) {
                if end > place { try emit(.bytes(Array(held[place..<end]))) }
                try emit(.end)
                state = .afterBoundary
                return end + delimiter.count
            }
            // The last bytes may be the beginning of a boundary.
            let sure = rest - (delimiter.count - 1)
            guard sure > 0 else { return nil }
            try emit(.bytes(Array(held[place..<place + sure])))
            consumed = place + sure
            return nil
        case .finished:
            // One line break may follow; anything else is no form of a browser.
            let tail = Array("\r\n".utf8)
            guard tail.starts(with: held[place...]) else { throw Malformed.end }
            return nil
        }
    }

    /// Where `wanted` begins in `bytes`; nil when it is not there.
    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            wanted.withUnsafeBufferPointer { wanted -> Int? in
                let last = bytes.count - wanted.count
                var place = start
                while place <= last {
                    if bytes[place] == first {
                        var length = 1
                        while length < wanted.count, bytes[place + length] == wanted[length] {
                            length += 1
                        }
                        if length == wanted.count { return place }
                    }
                    place += 1
                }
                return nil
            }
        }
    }

    private static func part(_ head: ArraySlice<UInt8>) throws(Malformed) -> Part {
        guard let text = String(validating: head, as: UTF8.self) else { throw .header }
        var disposition: HeaderParameters?
        // A line break is one character of text; it must not be taken for two.
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" })
            else { throw .header }
            let name = line[..<colon].lowercased()
            guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .header }
            if name == "content-disposition" {
                guard disposition == nil else { throw .header }
                disposition = HeaderParameters(String(line[line.index(after: colon)...]))
            } else if name == "content-transfer-encoding" {
                // Browsers send bytes as they are.
                throw .header
            }
        }
        guard let disposition, disposition.value.lowercased() == "form-data",
            let name = disposition["name"], !name.isEmpty
        else { throw .header }
        return Part(name: name, fileName: disposition["filename"])
    }
}

/// The value of a header and the parameters behind it: `form-data; name="file"`.
struct HeaderParameters: Equatable, Sendable {
    let value: String
    private var parameters: [String: String] = [:]

    /// What cannot be read is not there; of a parameter that comes twice there is none.
    init(_ text: String) {
        var rest = Substring(text)
        value = Self.token(&rest)
        var repeated: Set<String> = []
        while rest.first == ";" {
            rest.removeFirst()
            let name = Self.token(&rest, until: "=;").lowercased()
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            let text = Self.parameter(&rest)
            if parameters.updateValue(text, forKey: name) != nil { repeated.insert(name) }
        }
        for name in repeated { parameters[name] = nil }
    }

    subscript(_ name: String) -> String? { parameters[name] }

    private static func token(_ rest: inout Substring, until ends: String = ";") -> String {
        let token = rest.prefix { !ends.contains($0) }
        rest = rest[token.endIndex...]
        return token.drop(while: \.isWhitespace).trimmedEnd
    }

    private static func parameter(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else { return token(&rest) }
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst(), character != "\"" {
            // Browsers write %22 for a quote; other programs write \".
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                text.append(next)
                rest.removeFirst()
            } else {
                text.append(character)
            }
        }
        rest = rest.drop { $0 != ";" }
        return text
    }
}

extension Substring {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
