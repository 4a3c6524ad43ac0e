import Testing

@testable import Profiles

struct CSVTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\nlines", "\"two\nlines\""), ("", ""),
    ])
    func `a cell is quoted when it must be and not otherwise`(value: String, cell: String) {
        #expect(CSVText.cell(value) == cell)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("=5", "'=5"), ("@here", "'@here"), ("@5", "'@5"), ("\t5", "'\t5"),
        ("-5+cmd", "'-5+cmd"), ("+49 30 1", "'+49 30 1"), ("-", "'-"), ("-inf", "'-inf"),
        ("-nan", "'-nan"), ("-0x1p3", "'-0x1p3"), ("-1e5", "'-1e5"), ("+1.2.3", "'+1.2.3"),
        ("-.5", "'-.5"), ("-5.", "'-5."),
    ])
    func `no cell of a CSV file is a formula`(value: String, cell: String) {
        #expect(CSVText.cell(value) == cell)
    }

    @Test(arguments: ["-5", "+5", "-12.50", "5", "-0"])
    func `a plain number stays what it is`(value: String) {
        #expect(CSVText.cell(value) == value)
    }

    @Test func `rows end as RFC 4180 has it`() {
        #expect(CSVText.row(["a", "", "b,c"]) == "a,,\"b,c\"\r\n")
    }
}
