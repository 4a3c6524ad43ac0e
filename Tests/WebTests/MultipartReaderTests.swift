import Foundation
import Testing

@testable import Web

private let boundary = "----WebKitFormBoundaryAaB03x"

private func head(_ name: String, file: String? = nil) -> String {
    "Content-Disposition: form-data; name=\"\(name)\""
        + (file.map { "; filename=\"\($0)\"\r\nContent-Type: text/csv" } ?? "") + "\r\n\r\n"
}

private let twoParts =
    "--\(boundary)\r\n" + head("csrf") + "abc\r\n" + "--\(boundary)\r\n"
    + head("file", file: "people.csv") + "id,name\r\n1,--\(boundary.dropLast())\r\n\r\n"
    + "\r\n--\(boundary)--\r\n"

@Suite struct MultipartReaderTests {
    /// Every part with its bytes, however the body was cut.
    private func parts(_ body: String, pieces: Int) throws -> [String] {
        var reader = try #require(MultipartReader(boundary: boundary))
        var found: [String] = []
        let bytes = Array(body.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try reader.read(bytes[start..<min(bytes.count, start + pieces)]) { event in
                switch event {
                case .begin(let part): found.append("\(part.name)|\(part.fileName ?? "-")|")
                case .bytes(let bytes):
                    found[found.count - 1] += String(decoding: bytes, as: UTF8.self)
                case .end: found[found.count - 1] += "."
                }
            }
        }
        try reader.end()
        return found
    }

    @Test func `parts come out whole wherever the body is cut`() throws {
        let expected = [
            "csrf|-|abc.",
            "file|people.csv|id,name\r\n1,--\(boundary.dropLast())\r\n\r\n.",
        ]
        for pieces in 1...twoParts.utf8.count {
            #expect(try parts(twoParts, pieces: pieces) == expected, "\(pieces)")
        }
    }

    @Test func `a part may be empty`() throws {
        let body =
            "--\(boundary)\r\n" + head("file", file: "") + "\r\n--\(boundary)--"
        for pieces in 1...body.utf8.count {
            #expect(try parts(body, pieces: pieces) == ["file||."], "\(pieces)")
        }
    }

    @Test(arguments: [
        "", "--", "hello", "--other\r\n", "--\(boundary)",
        "--\(boundary)\r\n" + head("a") + "text without an end",
        "--\(boundary)\r\n" + head("a") + "x\r\n--\(boundary)\r\n",
        "preamble\r\n--\(boundary)\r\n" + head("a") + "x\r\n--\(boundary)--",
        "--\(boundary)\r\n" + head("a") + "x\r\n--\(boundary)--\r\nepilogue",
        "--\(boundary)x\r\n" + head("a") + "x\r\n--\(boundary)--",
    ])
    func `a body that is none of a browser's is refused`(body: String) throws {
        for pieces in [1, 7, 10_000] {
            #expect(throws: MultipartReader.Malformed.self) { try parts(body, pieces: pieces) }
        }
    }

    @Test(arguments: [
        "X: y", "Content-Disposition: form-data", "Content-Disposition: attachment; name=\"a\"",
        "Content-Disposition: form-data; name=\"\"", "Content-Disposition form-data; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"; name=\"b\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64",
        "Content-Disposition: form-data; name=\"a\u{0}\"",
        "Content-Disposition: form-data; name=\"a\"\nX: y", ": x",
        "Content-Disposition: form-data; name=\"\(String(repeating: "a", count: 9_000))\"",
    ])
    func `a hostile head is refused`(lines: String) {
        let body = "--\(boundary)\r\n\(lines)\r\n\r\nx\r\n--\(boundary)--"
        for pieces in [1, 10_000] {
            #expect(throws: MultipartReader.Malformed.self) { try parts(body, pieces: pieces) }
        }
    }

    @Test func `a body of too many parts is refused`() {
        let part = "--\(boundary)\r\n" + head("a") + "\r\n"
        let body = String(repeating: part, count: 101) + "--\(boundary)--"
        #expect(throws: MultipartReader.Malformed.tooManyParts) {
            try parts(body, pieces: 10_000)
        }
    }

    @Test(
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"),
            ("Multipart/Form-Data; charset=utf-8; boundary=\"a b\"", "a b"),
            ("multipart/form-data", nil), ("application/x-www-form-urlencoded", nil), (nil, nil),
            ("multipart/form-data; boundary=a; boundary=b", nil),
        ] as [(String?, String?)])
    func `the content type names the boundary`(type: String?, named: String?) {
        #expect(MultipartReader.boundary(inContentType: type) == named)
    }

    @Test(arguments: ["", "a ", "a\"b", "ä", String(repeating: "a", count: 71)])
    func `a boundary that no browser makes is refused`(text: String) {
        #expect(MultipartReader(boundary: text) == nil)
    }

    @Test(arguments: [
        ("people.csv", "people.csv"), ("C:\\fake\\people.csv", "people.csv"),
        ("../../etc/passwd", "passwd"), ("a\u{202E}vsc.exe", "avsc.exe"), ("", "upload"),
        ("..", "upload"), ("x%22y.csv", "x\"y.csv"), ("клиенты.csv", "клиенты.csv"),
    ])
    func `the name of a file is safe to show`(sent: String, shown: String) {
        #expect(UploadedFile.shownName(sent) == shown)
    }
}
