import Exports
import GRDB
import Profiles
import Testing

@testable import SQLiteEngine

struct SearchIndexTests {
    @Test func `changed, new and removed customers are found as they are now`() throws {
        let fixture = try SearchFixture()
        try fixture.load(
            """
            id,Email,Name,City,Phone,Points
            p1,ada@new.test,Ada King,London,+44 20 7946,5
            p2,b.ada@shop.test,Ada Byron,Paris,+33 1 234,6
            p20,new@shop.test,New One,Oslo,,1

            """, replacing: true)
        #expect(try fixture.find("lovelace") == [])
        #expect(try fixture.find("king") == ["p1"])
        #expect(try fixture.find("ada@shop.test") == ["p2"])
        #expect(try fixture.find("ada@new.test") == ["p1"])
        #expect(try fixture.find("grace") == [])
        #expect(try fixture.find("oslo") == ["p20"])
        #expect(try fixture.engine.index(.none).isComplete)
        try fixture.expectConsistent()
    }

    @Test func `a row that is used again has the words of its new customer`() throws {
        let fixture = try SearchFixture("id,email\na,a@x.test\nb,b@x.test\n")
        try fixture.load("id,email\na,a@x.test\nc,c@x.test\n", replacing: true)
        #expect(try fixture.find("b@x.test") == [])
        #expect(try fixture.find("c@x.test") == ["c"])
        try fixture.load("id,email\na,a@x.test\n", replacing: true)
        try fixture.load("id,email\nd,d@x.test\n")
        #expect(try fixture.find("d") == ["d"])
        try fixture.expectConsistent()
    }

    @Test func `a large import leaves the rest to later, and says how far the index is`() throws {
        let count = SearchIndex.rowsOfImport + 500
        let rows = (1...count).map { "c\($0),c\($0)@shop.test" }.joined(separator: "\n")
        let fixture = try SearchFixture("id,email\n\(rows)\n")
        let state = try fixture.engine.index(.none)
        #expect(state.indexed == SearchIndex.rowsOfImport)
        #expect(state.total == count)
        #expect(!state.isComplete)
        #expect(try fixture.find("c\(count)@shop.test") == [])
        // Whoever is asked for by id is found meanwhile.
        #expect(try fixture.find("c\(count)") == ["c\(count)"])
        #expect(try !fixture.engine.advanceIndex(by: 100, .none))
        #expect(try fixture.engine.index(.none).indexed == SearchIndex.rowsOfImport + 100)
        try fixture.complete()
        #expect(try fixture.engine.index(.none).isComplete)
        #expect(try fixture.find("c\(count)@shop.test") == ["c\(count)"])
        let changed = (1...count).map { "c\($0),d\($0)@shop.test" }.joined(separator: "\n")
        try fixture.load("id,email\n\(changed)\n")
        #expect(try fixture.engine.index(.none).indexed == SearchIndex.rowsOfImport)
        try fixture.complete(by: 333)
        #expect(try fixture.find("d\(count)@shop.test") == ["c\(count)"])
        try fixture.expectConsistent()
    }

    @Test func `an import that fails leaves the index as it was`() throws {
        let fixture = try SearchFixture()
        #expect(throws: ImportError.self) {
            try fixture.load("id,Email\np1,zed@shop.test\np1,x,y,z\n", replacing: true)
        }
        #expect(try fixture.find("zed") == [])
        #expect(try fixture.find("lovelace") == ["p1"])
        try fixture.expectConsistent()
    }

    @Test func `what customers are searched by can be chosen, and left to Ferry again`() throws {
        let fixture = try SearchFixture()
        var state = try fixture.engine.index(.none)
        #expect(state.attributes == ["Email", "Name", "City", "Phone"])
        #expect(!state.isChosen)
        try fixture.engine.choose(["City"], .none)
        state = try fixture.engine.index(.none)
        #expect(state.attributes == ["City"])
        #expect(state.isChosen)
        #expect(try fixture.find("ada") == [])
        #expect(try fixture.find("london") == ["p1"])
        #expect(try fixture.find("p1") == ["p1", "p10", "p11"])
        try fixture.expectConsistent()
        try fixture.engine.choose([], .none)
        #expect(try fixture.engine.index(.none).isChosen == false)
        #expect(try fixture.find("ada") == ["p1", "p2"])
    }

    @Test(arguments: ["Points", "Nothing", "id\"; DROP TABLE profile"])
    func `only texts that profiles have can be chosen`(name: String) throws {
        let fixture = try SearchFixture()
        let error = #expect(throws: EngineError.self) {
            try fixture.engine.choose(["City", name], .none)
        }
        #expect(error?.code == .columnGone)
        #expect(try fixture.engine.index(.none).isChosen == false)
    }

    @Test func `an attribute that comes later is searched by too`() throws {
        let fixture = try SearchFixture("id,email\na,a@x.test\n")
        try fixture.load("id,email,Town\na,a@x.test,Bergen\n")
        #expect(try fixture.find("bergen") == ["a"])
        try fixture.expectConsistent()
    }

    @Test func `without profiles there is nothing to do`() throws {
        let fixture = try SearchFixture("")
        #expect(try fixture.find("ada") == [])
        #expect(try fixture.find("") == [])
        try fixture.complete()
        #expect(try fixture.engine.index(.none).total == 0)
    }
}
