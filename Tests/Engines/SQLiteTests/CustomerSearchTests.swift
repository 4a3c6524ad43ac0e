import Exports
import GRDB
import Profiles
import Segments
import Testing

@testable import SQLiteEngine

struct CustomerSearchTests {
    @Test(arguments: [
        ("ada", ["p1", "p2"]), ("ADA lond", ["p1"]), ("lovelace ada", ["p1"]),
        ("ada@shop.test", ["p1", "p2"]), ("Ada@Shop.Test", ["p1", "p2"]),
        ("grace@shop", ["p10"]), ("b.ada@shop.test", ["p2"]), ("zurich", ["p10"]),
        ("zür", ["p10"]), ("anne-marie", ["p3"]), ("marie anne", ["p3"]), ("o'brien", ["p3"]),
        ("p1", ["p1", "p10", "p11"]), ("P-000123", ["P-000123"]), ("000123", ["P-000123"]),
        ("כהן", ["P-000123"]), ("zak", ["p11"]), ("Łódź", ["p11"]), ("7946", ["p1"]),
        ("ada paris london", []), ("nobody", []), ("5", []),
    ])
    func `all words must occur, each as the beginning of a word`(
        text: String, ids: [String]
    ) throws {
        #expect(try SearchFixture().find(text) == ids)
    }

    @Test(arguments: ["", " ", "\n"])
    func `no word finds everybody`(text: String) throws {
        #expect(try SearchFixture().find(text).count == 6)
    }

    @Test func `who has exactly the typed id or address comes first`() throws {
        let fixture = try SearchFixture(
            """
            id,email
            p10,a.x@shop.test
            p100,x@shop.test
            p1,x@shop.test

            """)
        #expect(try fixture.find("p1") == ["p1", "p10", "p100"])
        #expect(try fixture.find("x@shop.test") == ["p100", "p1", "p10"])
        #expect(try fixture.find("X@SHOP.test", limit: 1) == ["p100", "p1", "p10"])
    }

    @Test(arguments: [
        "\"", "\"\"", "'", "*", "ada*", "NEAR(ada", "ada AND", "OR", "NOT", "words:ada", "(", ")",
        "-", "---", "^ada", "{words}: x", "ada\" OR \"p", "%", "_", "\\", ";DROP TABLE profile",
        "\u{0}", "ada\u{0}x", "💥", "\u{202E}", "'; --", "+", "a + b", "\u{301}", "[", "?1",
    ])
    func `whatever is typed is text and never a query`(text: String) throws {
        let fixture = try SearchFixture()
        let found = try fixture.find(text)
        #expect(found.count < 6, "\(text) found \(found)")
        #expect(try fixture.find("ada") == ["p1", "p2"])
    }

    @Test func `a text without measure is cut and answered`() throws {
        let fixture = try SearchFixture()
        #expect(try fixture.find(String(repeating: "ada ", count: 50_000)) == ["p1", "p2"])
        #expect(try fixture.find(String(repeating: "\"", count: 100_000)) == [])
        #expect(try fixture.find(String(repeating: "x", count: 1_000_000)) == [])
    }

    @Test func `filters hold together with words, and exact ones obey them too`() throws {
        let fixture = try SearchFixture()
        let points = Attribute(name: "Points", kind: .number)
        let many = Segments.Predicate.value(points, .compares(.atLeast, .number(6)))
        #expect(try fixture.find("ada", filter: many) == ["p2"])
        #expect(try fixture.find("", filter: many).count == 5)
        #expect(try fixture.find("p1", filter: many) == ["p10", "p11"])
        #expect(try fixture.find("ada", filter: .never) == [])
        #expect(try fixture.engine.freeze(ids: ["p1", "p3"], as: 9, .none).members == 2)
        #expect(try fixture.find("ada", filter: .memberOf(9)) == ["p1"])
    }

    @Test(arguments: [1, 2, 3, 7, 50])
    func `pages hold everybody once`(limit: Int) throws {
        let rows = (1...20).map { "c\($0),c\($0)@shop.test,Ann" }.joined(separator: "\n")
        let fixture = try SearchFixture("id,email,name\n\(rows)\n")
        let all = (1...20).map { "c\($0)" }
        #expect(try fixture.find("", limit: limit) == all)
        #expect(try fixture.find("ann shop", limit: limit) == all)
        #expect(try fixture.find("c1", limit: limit).count == 11)
        #expect(Set(try fixture.find("c1", limit: limit)).count == 11)
    }

    @Test func `profiles of an address are found through the index as without it`() throws {
        let fixture = try SearchFixture()
        let engine = fixture.engine
        for key in ["ada@shop.test", "grace@shop.test", "shop.test", "", "\"", "nobody@x.test"] {
            let indexed = try engine.profiles(withKey: key, emailAttribute: "Email", .none).map(
                \.id)
            try engine.database.write {
                try $0.execute(sql: "INSERT INTO searchPending VALUES (999999)")
            }
            let scanned = try engine.profiles(withKey: key, emailAttribute: "Email", .none).map(
                \.id)
            try fixture.complete()
            #expect(indexed == scanned, "\(key)")
        }
        #expect(
            try engine.profiles(withKey: "ada@shop.test", emailAttribute: "Email", .none).map(\.id)
                == ["p1"])
    }

    /// The index folds capitals as of an older Unicode than keys do.
    @Test(arguments: ["Ꭰda@shop.test", "Ანა@shop.test", "ÄDA@shop.test"])
    func `an address whose capitals the index does not know is found by its key`(
        address: String
    ) throws {
        let fixture = try SearchFixture("id,email,name\nc1,\(address),Ann\n")
        let found = try fixture.engine.profiles(
            withKey: address.lowercased(), emailAttribute: "email", .none)
        #expect(found.map(\.id) == ["c1"])
    }

    @Test func `facets are attributes with few different values`() throws {
        let rows = (1...40).map {
            "c\($0),c\($0)@shop.test,\($0 % 3 == 0 ? "gold" : "silver"),\($0 % 2 == 0)"
        }.joined(separator: "\n")
        let fixture = try SearchFixture("id,email,Tier,Active\n\(rows)\n")
        let facets = try fixture.engine.facets(limit: 5, .none)
        #expect(facets.map(\.attribute.name) == ["Tier", "Active"])
        #expect(facets.first?.values == [.text("silver"), .text("gold")])
        #expect(try fixture.engine.facets(limit: 1, .none).count == 1)
        #expect(try SearchFixture("").engine.facets(limit: 5, .none) == [])
    }
}
