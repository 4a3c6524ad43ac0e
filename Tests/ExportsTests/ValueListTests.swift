import Exports
import TestSupport
import Testing

struct ValueListTests {
    struct Entry: Equatable, CustomTestStringConvertible, Sendable {
        let target: Target
        let value: String

        var testDescription: String { "\(target), \(value.utf8.count) bytes" }
    }

    private func entries(of list: ValueList) -> [Entry] {
        list.entries.map { Entry(target: $0.target, value: $0.value) }
    }

    static let targets: [Target] = [
        .firstName, .lastName, .phone, .tag, .field("7"), .field(""), .field("gold member"),
        .field(String(repeating: "9", count: 300)),
    ]

    @Test(arguments: targets)
    func `an entry comes back as it was added`(target: Target) {
        var list = ValueList()
        list.append("J\u{F6}rg \u{1F600}\n\u{0}", for: target)
        #expect(entries(of: list) == [Entry(target: target, value: "J\u{F6}rg \u{1F600}\n\u{0}")])
    }

    /// Lengths around which another byte is needed to write them.
    @Test(arguments: [0, 1, 127, 128, 129, 16_383, 16_384, 16_385, 2_097_151, 2_097_152])
    func `a value of any length comes back`(length: Int) {
        let value = String(repeating: "x", count: length)
        var list = ValueList()
        list.append(value, for: .field("7"))
        list.append("after", for: .phone)
        let expected = [
            Entry(target: .field("7"), value: value), Entry(target: .phone, value: "after"),
        ]
        #expect(entries(of: list) == expected)
    }

    @Test func `entries keep their order and may repeat a target`() {
        let given = [
            Entry(target: .tag, value: "b"), Entry(target: .tag, value: "a"),
            Entry(target: .field("9"), value: "1"), Entry(target: .firstName, value: "Ines"),
            Entry(target: .field("10"), value: "||web||store||"),
        ]
        var list = ValueList()
        for entry in given { list.append(entry.value, for: entry.target) }
        #expect(entries(of: list) == given)
    }

    @Test func `lists are equal when their bytes are`() {
        var one = ValueList()
        var other = ValueList()
        one.append("a", for: .firstName)
        other.append("a", for: .firstName)
        #expect(one == other)
        #expect(ValueList(bytes: one.bytes) == one)
        other.append("", for: .lastName)
        #expect(one != other)
        #expect(ValueList().entries.isEmpty)
    }

    @Test(arguments: targets)
    func `header and value written apart make the same entry`(target: Target) {
        var bytes = ValueList.header(of: target)
        Array("value".utf8).withUnsafeBytes { ValueList.append($0, to: &bytes) }
        var list = ValueList()
        list.append("value", for: target)
        #expect(bytes == list.bytes)
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        /// How many entries stand before the damage.
        let readable: Int

        var testDescription: String { name }
    }

    static let damages = [
        Damage(name: "an unknown code", bytes: [1, 1, 0x61, 9, 1, 0x61], readable: 1),
        Damage(name: "the code zero", bytes: [0], readable: 0),
        Damage(name: "a code without a length", bytes: [1], readable: 0),
        Damage(
            name: "a length that never ends", bytes: [1] + Array(repeating: 0xFF, count: 40),
            readable: 0),
        Damage(name: "a length beyond the end", bytes: [1, 5, 0x61], readable: 0),
        Damage(
            name: "the greatest length", bytes: [1, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x61], readable: 0
        ),
        Damage(name: "a field without an id", bytes: [5], readable: 0),
        Damage(name: "a field without a value", bytes: [5, 1, 0x37], readable: 0),
        Damage(name: "a field id beyond the end", bytes: [5, 200, 1, 0x37], readable: 0),
        Damage(name: "a cut second entry", bytes: [3, 2, 0x31, 0x32, 2, 3, 0x61], readable: 1),
    ]

    @Test(arguments: damages)
    func `reading stops where a list is damaged`(damage: Damage) {
        #expect(ValueList(bytes: damage.bytes).entries.count == damage.readable)
    }

    @Test(arguments: 0..<200)
    func `random bytes never bring the reader down`(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var list = ValueList()
        for _ in 0..<random.number(0...6) {
            let value = String(repeating: "v", count: random.number(0...200))
            list.append(value, for: random.pick(Self.targets))
        }
        var bytes = list.bytes
        for _ in 0..<random.number(1...8) where !bytes.isEmpty {
            bytes[random.number(0...(bytes.count - 1))] = UInt8(random.number(0...255))
        }
        bytes.removeLast(random.number(0...bytes.count))
        // Every entry takes at least two bytes.
        #expect(ValueList(bytes: bytes).entries.count <= bytes.count / 2)
    }

    @Test func `an invalid value is read with replacement characters`() {
        let list = ValueList(bytes: [1, 2, 0xFF, 0x61])
        #expect(entries(of: list) == [Entry(target: .firstName, value: "\u{FFFD}a")])
    }
}
