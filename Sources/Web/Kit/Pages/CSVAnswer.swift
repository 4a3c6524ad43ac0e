import HTTPTypes
import Hummingbird
import NIOCore
import Profiles
import Synchronization

extension Response {
    /// A CSV file that is read page by page while it is downloaded, so that its length costs no memory and
    /// no long read of the database. `page` is given nil first, then the cursor it named last; it names
    /// none after the last page.
    static func csv<Cursor: Sendable>(
        named name: String, header: [String],
        page: @escaping @Sendable (Cursor?) async throws -> (rows: [[String]], next: Cursor?)
    ) -> Response {
        let held = CSVPlaceHolder<Cursor>()
        let chunks = AsyncThrowingStream<ByteBuffer, any Error>(unfolding: {
            let cursor: Cursor?
            switch held.place {
            case .beginning: cursor = nil
            case .after(let last): cursor = last
            case .end: return nil
            }
            let isFirst = cursor == nil
            let found = try await page(cursor)
            held.place = found.next.map { .after($0) } ?? .end
            let text = (isFirst ? CSVText.row(header) : "") + found.rows.map(CSVText.row).joined()
            return ByteBuffer(string: text)
        })
        var response = Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody(asyncSequence: chunks))
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }
}

private enum CSVPlace<Cursor: Sendable>: Sendable {
    case beginning
    case after(Cursor)
    case end
}

private final class CSVPlaceHolder<Cursor: Sendable>: Sendable {
    private let held = Mutex(CSVPlace<Cursor>.beginning)

    var place: CSVPlace<Cursor> {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
