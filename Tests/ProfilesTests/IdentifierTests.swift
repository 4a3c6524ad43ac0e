import Foundation
import Profiles
import Testing

/// Ids of things: numbers to the outside, of one kind each inside.
struct IdentifierTests {
    private enum Book {}
    private typealias ID = Identifier<Book>

    private struct Loan: Codable, Equatable {
        let book: ID
        let earlier: [ID]
        let next: ID?
    }

    @Test(arguments: [1, 42, 0, -1, .max, .min] as [Int64])
    func `an id is a plain number in JSON, both ways`(number: Int64) throws {
        let json = try JSONEncoder().encode(ID(number))
        #expect(String(decoding: json, as: UTF8.self) == "\(number)")
        #expect(try JSONDecoder().decode(ID.self, from: json) == ID(number))
    }

    @Test func `ids among the members of an object are plain numbers, too`() throws {
        let loan = Loan(book: 7, earlier: [1, 2], next: nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(loan)
        #expect(String(decoding: json, as: UTF8.self) == #"{"book":7,"earlier":[1,2]}"#)
        #expect(try JSONDecoder().decode(Loan.self, from: json) == loan)
    }

    @Test(arguments: [#""7""#, "7.5", "null", "true", #"{"rawValue":7}"#, "9223372036854775808"])
    func `other JSON is no id`(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ID.self, from: Data(json.utf8))
        }
    }

    @Test(arguments: [1, 42, 0, -1, .max, .min] as [Int64])
    func `an id is its digits in text, both ways`(number: Int64) {
        let id = ID(number)
        #expect("\(id)" == "\(number)")
        #expect(String(id) == "\(number)")
        #expect(ID(id.description) == id)
        #expect(Fact.digits(id) == .text("\(number)"))
    }

    @Test(arguments: ["", " 7", "7 ", "7.0", "seven", "1_000", "9223372036854775808"])
    func `other text is no id`(text: String) {
        #expect(ID(text) == nil)
    }

    @Test func `ids stand in the order of their numbers`() {
        let ids: [ID] = [10, 9, -1, 100, 2]
        #expect(ids.sorted() == [-1, 2, 9, 10, 100])
        #expect(Set([ID(3), 3, ID(rawValue: 3)]).count == 1)
    }
}
