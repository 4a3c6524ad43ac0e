import TestSupport
import Testing

@testable import Profiles

struct NumberTextTests {
    @Test(
        arguments: zip(
            [
                "0", "-0", "7", "90000", "$90,000", "$ 90,000.50", "-$5", "$-5", "- $ 5", "($5)",
                "(1,200.00)", "12 €", "€12", "£1,234,567.5", "₪7", "1,000", ".5", "0.5", "-12.10",
                "999999999999999", "0.30000000000000004", "2.50000000000000000000", "−3",
                "1234567.1234567891", "12\u{A0}€", "0.000001",
            ],
            [
                0, 0, 7, 90_000, 90_000, 90_000.5, -5, -5, -5, -5, -1_200, 12, 12, 1_234_567.5, 7,
                1_000, 0.5, 0.5, -12.1, 999_999_999_999_999, 0.30000000000000004, 2.5, -3,
                1_234_567.1234567891, 12, 0.000001,
            ] as [Double]))
    func `amounts are numbers`(text: String, number: Double) {
        #expect(withBytes(text) { NumberText.number($0) } == number)
    }

    @Test(arguments: [
        "", "$", "-", "()", "( )", "00501", "007", "+48123456789", "+1", "1,23", "12,34", "1,2345",
        ",123", "1,,234", "1,234,", "0,123", "1234,567", "1.234,56", "5.", ".", "1.2.3", "1e5",
        "12abc", "1 000", "$1$", "--1", "-(1)", "(-1)", "1-", "1234567890123456", "0x10", "NaN",
        "Infinity", "1.123456789012345678", "50%", "١٢", "1.5,000",
    ])
    func `codes and other texts are no numbers`(text: String) {
        #expect(withBytes(text) { NumberText.number($0) } == nil)
    }

    @Test(
        arguments: zip(
            ["0", "-0", "-1.5", "1e3", "1.5E-2", "12345678901234567", "1e999", "0.1"],
            [0, 0, -1.5, 1_000, 0.015, nil, nil, 0.1] as [Double?]))
    func `JSON numbers are read unless a Double would change them`(text: String, number: Double?) {
        #expect(withBytes(text) { NumberText.json($0) } == number)
    }

    @Test func `fractions are read as Swift reads them`() {
        var random = SeededRandom(seed: 7)
        var differences = 0
        for _ in 0..<50_000 {
            let whole = Int.random(in: 0...99_999_999, using: &random)
            let digits = Int.random(in: 1...8, using: &random)
            let fraction = (0..<digits).map { _ in "\(Int.random(in: 0...9, using: &random))" }
            let text = "\(whole).\(fraction.joined())"
            if withBytes(text, { NumberText.number($0) }) != Double(text) { differences += 1 }
            let number = Double.random(in: 0.001...1_000_000, using: &random)
            if withBytes("\(number)", { NumberText.number($0) }) != number { differences += 1 }
        }
        #expect(differences == 0)
    }
}

struct BooleanTextTests {
    @Test(arguments: ["Y", "y", "yes", "YES", "true", "True"])
    func `yes is true`(text: String) {
        #expect(withBytes(text) { BooleanText.boolean($0) } == true)
    }

    @Test(arguments: ["N", "n", "no", "No", "false", "FALSE"])
    func `no is false`(text: String) {
        #expect(withBytes(text) { BooleanText.boolean($0) } == false)
    }

    @Test(arguments: ["", "1", "0", "S", "M", "t", "f", "on", "off", "nö", "yess", "9"])
    func `other texts are neither`(text: String) {
        #expect(withBytes(text) { BooleanText.boolean($0) } == nil)
    }

    @Test func `one and zero count only where that is declared`() {
        #expect(withBytes("1") { BooleanText.declaredBoolean($0) } == true)
        #expect(withBytes("0") { BooleanText.declaredBoolean($0) } == false)
        #expect(withBytes("2") { BooleanText.declaredBoolean($0) } == nil)
    }
}

struct DateTextTests {
    @Test(
        arguments: zip(
            [
                "1966-04-08", "1966/4/8", "1966.04.8", "04/08/1966", "4-8-1966", "4.8.1966",
                "5/14/1965",
            ],
            [
                "1966-04-08", "1966-04-08", "1966-04-08", "1966-04-08", "1966-04-08", "1966-04-08",
                "1965-05-14",
            ]
        ))
    func `days are read with the month in front`(text: String, day: String) {
        #expect(withBytes(text) { DateText($0)?.day(.monthFirst)?.description } == day)
    }

    @Test(
        arguments: zip(
            ["1966-04-08", "04/08/1966", "14.5.1965", "29/2/2000"],
            ["1966-04-08", "1966-08-04", "1965-05-14", "2000-02-29"]))
    func `days are read with the day in front`(text: String, day: String) {
        #expect(withBytes(text) { DateText($0)?.day(.dayFirst)?.description } == day)
    }

    @Test(arguments: [
        "", "1966", "1966-04", "66-04-08", "4/8/66", "1966-04/08", "1966-4-8-1", "004/8/1966",
        "4//1966", "1966-04-08T", "4 8 1966", "a/b/1966", "1/2/12345",
    ])
    func `other texts have not the form of a day`(text: String) {
        #expect(withBytes(text) { DateText($0) == nil })
    }

    @Test func `a day that the calendar lacks is none`() {
        #expect(withBytes("2/30/2000") { DateText($0)?.day(.monthFirst) } == nil)
        #expect(withBytes("14/5/1965") { DateText($0)?.day(.monthFirst) } == nil)
    }
}

struct TextFormTests {
    @Test(
        arguments: zip(
            [
                "", "  ", " a ", "\u{A0}a b\u{3000}", "\u{2003}é\t\r\n", "\u{85}\u{202F}", "à",
                "李\u{1680}",
            ],
            ["", "", "a", "a b", "é", "", "à", "李"]))
    func `white space is trimmed at both ends`(text: String, trimmed: String) {
        #expect(
            withBytes(text) { String(decoding: TextForm.trimmed($0), as: UTF8.self) } == trimmed)
    }

    @Test(arguments: [
        "plain", "Zoë", "Łukasz Żak", "Георги", "שלום", "李雷", "O’Neil", "e\u{301}", "Σ", "한국",
        "ש\u{5C1}", "\u{1100}\u{1161}", "q\u{307}\u{323}", "😀", "\u{212B}", "и\u{306}",
    ])
    func `text that is surely composed is in NFC`(text: String) {
        let isSure = withBytes(text) { TextForm.isSurelyComposed($0) }
        let composed = withBytes(text) { TextForm.composed($0) }
        if isSure { #expect(composed == Array(text.utf8)) }
        #expect(composed.withUnsafeBufferPointer { TextForm.composed($0) } == composed)
    }

    @Test func `what is certainly composed is so for every character`() {
        var wrong = 0
        for code: UInt32 in 1...0x10FFFF {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let text = "a\(Character(scalar))"
            guard withBytes(text, { TextForm.isSurelyComposed($0) }) else { continue }
            if withBytes(text, { TextForm.composed($0) }) != Array(text.utf8) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func `invalid UTF-8 is found where the standard library finds it`() {
        var random = SeededRandom(seed: 3)
        var differences = 0
        let parts: [[UInt8]] = [
            [0x61], [0xC3, 0xA9], [0xE6, 0x9D, 0x8E], [0xF0, 0x9F, 0x98, 0x80], [0x80],
            [0xC0, 0x80],
            [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0x9D], [0xF0, 0x9F], [0xFF],
            [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xC3],
        ]
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                bytes += parts.randomElement(using: &random) ?? []
            }
            let isValid = bytes.withUnsafeBufferPointer { TextForm.firstInvalid($0) } == nil
            if isValid != (String(validating: bytes, as: UTF8.self) != nil) { differences += 1 }
        }
        #expect(differences == 0)
    }
}

struct CellConversionTests {
    private func value(
        _ text: String, _ kind: AttributeKind, _ form: Cell.Form = .delimited,
        order: DateOrder? = nil
    ) -> AttributeValue? {
        let conversion = CellConversion(kind: kind, dateOrder: order, nullTexts: ["NA", " - "])
        return withBytes(text) { conversion.value(of: Cell(bytes: $0, form: form)).attributeValue }
    }

    private func isAbsent(_ text: String, _ kind: AttributeKind, _ form: Cell.Form) -> Bool {
        let conversion = CellConversion(kind: kind, dateOrder: nil, nullTexts: ["NA", " - "])
        return withBytes(text) {
            if case .absent = conversion.value(of: Cell(bytes: $0, form: form)) {
                true
            } else {
                false
            }
        }
    }

    @Test(arguments: AttributeKind.allCases)
    func `blank cells and texts that mean absent are absent`(kind: AttributeKind) {
        for text in ["", "  ", "NA", " NA ", "-"] { #expect(isAbsent(text, kind, .delimited)) }
        #expect(isAbsent("null", kind, .null))
        #expect(!isAbsent("na", kind, .delimited))
    }

    @Test func `text is trimmed and composed`() {
        #expect(value("  Cafe\u{301} ", .text) == .text("Café"))
        #expect(value("12", .text, .number) == .text("12"))
        #expect(value("true", .text, .boolean) == .text("true"))
    }

    @Test func `values that do not fit are none`() {
        #expect(value("x", .number) == nil)
        #expect(value("2", .boolean) == nil)
        #expect(value("x", .date) == nil)
        #expect(value("x", .timestamp) == nil)
    }

    @Test func `a timestamp may be a day alone`() throws {
        let day = try #require(CalendarDay("2026-01-31"))
        #expect(value("2026-01-31", .timestamp) == .timestamp(Timestamp(startOf: day)))
    }

    @Test func `without an order only dates that need none are read`() throws {
        let day = try #require(CalendarDay("2026-03-03"))
        #expect(value("3/3/2026", .date) == .date(day))
        #expect(value("3/4/2026", .date) == nil)
        #expect(value("3/4/2026", .date, order: .dayFirst)?.exported == "2026-04-03")
        #expect(value("3/4/2026", .date, order: .monthFirst)?.exported == "2026-03-04")
    }

    @Test func `one and zero are booleans where that is the kind`() {
        #expect(value("1", .boolean) == .boolean(true))
        #expect(value("0", .boolean, .number) == .boolean(false))
    }
}
