import Profiles
import Testing

@testable import Acts

/// Pages of lists: only one that is followed by something names a next one.
struct PageTests {
    private struct Thing: Identifiable {
        let id: Identifier<Thing>
    }

    private func things(_ count: Int64) -> [Thing] {
        (0..<count).map { Thing(id: Identifier($0 + 1)) }
    }

    @Test(arguments: [(0, false), (1, false), (2, false), (3, true)])
    func `a full last page names no next one`(found: Int, hasNext: Bool) {
        let page = PageRequest(limit: 2).page(
            things(Int64(found)), cursor: { Cursor(.runs, after: $0.id) }, { Int($0.id.rawValue) })
        #expect(page.items == Array([1, 2].prefix(found)))
        #expect((page.next != nil) == hasNext)
        // It goes on after the last one shown, not after the one that only told of more.
        if let next = page.next { #expect(Cursor(next, kind: .runs)?.id == 2) }
    }

    @Test(arguments: 1...5)
    func `a list read whole is paged without gap or repetition`(limit: Int) throws {
        var seen: [Int] = []
        var pages = 0
        var after: Cursor?
        repeat {
            let page = try PageRequest(limit: limit, after: after).page(
                all: things(4).reversed(), .runs, { Int($0.id.rawValue) })
            seen += page.items
            pages += 1
            after = page.next.flatMap { Cursor($0, kind: .runs) }
        } while after != nil && pages < 10
        #expect(seen == [1, 2, 3, 4])
        #expect(pages == (4 + limit - 1) / limit)
    }

    @Test func `a cursor that holds no id is refused`() {
        let request = PageRequest(limit: 2, after: Cursor(.people, "ada@shop.test", "1"))
        #expect(throws: Refusal.self) { try request.afterID() as Identifier<Thing>? }
    }
}
