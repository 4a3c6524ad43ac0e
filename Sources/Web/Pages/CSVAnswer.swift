import HTTPTypes
import Hummingbird
import NIOCore

/// Writes lines of a CSV file to somebody who downloads it, a few kilobytes at a time.
struct CSVSink {
    private static let chunkBytes = 32_768

    fileprivate var writer: any ResponseBodyWriter
    private var buffer = ByteBuffer()

    fileprivate init(writer: any ResponseBodyWriter) {
        self.writer = writer
    }

    mutating func row(_ values: [String]) async throws {
        buffer.writeString(values.map(CSVText.cell).joined(separator: ",") + "\r\n")
        if buffer.readableBytes >= Self.chunkBytes { try await flush() }
    }

    fileprivate mutating func flush() async throws {
        try await writer.write(buffer)
        buffer.clear()
    }
}

/// How values are spelled in CSV files (RFC 4180).
enum CSVText {
    /// A value that a spreadsheet would take for a formula gets an apostrophe in front.
    static func cell(_ value: String) -> String {
        let isFormula = value.first.map { "=+-@\t\r".contains($0) } ?? false
        let text = isFormula ? "'" + value : value
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

extension Response {
    /// A CSV file that is written while it is downloaded.
    static func csv(
        named name: String, _ write: @escaping @Sendable (inout CSVSink) async throws -> Void
    ) -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: "text/csv; charset=utf-8"],
            body: ResponseBody { writer in
                var sink = CSVSink(writer: writer)
                try await write(&sink)
                try await sink.flush()
                writer = sink.writer
                try await writer.finish(nil)
            })
        response.headers[.contentDisposition] = "attachment; filename=\"\(name)\""
        return response
    }
}
