import Access
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Service

/// A file that came with a form, on the disk already. It is removed again unless an import takes it.
struct UploadedFile {
    /// Its name as the sender has it, made safe to show.
    let name: String
    let writer: UploadWriter
    /// The digest of its content, where somebody asked for it.
    var digest = ""

    /// The last part of a path, without anything that could trick a reader; `upload` when nothing is left.
    static func shownName(_ text: String) -> String {
        let last = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let decoded = last.replacing("%22", with: "\"")
        let visible = decoded.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                false
            default: true
            }
        }
        var name = String(String.UnicodeScalarView(visible))
            .trimmingCharacters(in: .whitespacesAndNewlines)
        if name.count > 200 { name = String(name.suffix(200)) }
        return name.isEmpty || name.allSatisfy({ $0 == "." }) ? "upload" : name
    }
}

/// Takes a form with a file from a request to the disk. The fields that prove who sent it come before the
/// file, so that nothing of a stranger's is ever written.
struct UploadReader {
    let uploads: UploadFolder

    /// Bytes of all fields that are no files.
    private static let fieldBytesMax = 1 << 18
    /// Bytes that boundaries, heads and fields may take beside the file.
    private static let slackBytes = 1 << 20

    /// Reads the body. `admit` is asked with the fields before the file, and throws for a stranger.
    func read(
        _ request: Request, admit: (FormFields) throws -> Void
    ) async throws -> (FormFields, UploadedFile?) {
        guard
            let boundary = MultipartReader.boundary(
                inContentType: request.headers[.contentType]),
            var reader = MultipartReader(boundary: boundary)
        else {
            throw WebProblem(.unsupportedType, "Send the form as 'multipart/form-data'.")
        }
        try checkLength(request, slack: Self.slackBytes)
        var form = UploadForm(uploads: uploads)
        do {
            for try await buffer in request.body {
                try reader.read(buffer.readableBytesView) { event in
                    try form.take(event, fieldBytesMax: Self.fieldBytesMax, admit: admit)
                }
            }
            try reader.end()
        } catch let error as MultipartReader.Malformed {
            throw WebProblem(.badRequest, "The form cannot be read (\(error)).")
        } catch let error as UploadFolder.Trouble {
            throw WebProblem(error, bytesMax: uploads.bytesMax)
        }
        if form.file == nil { try admit(form.fields) }
        return (form.fields, form.file)
    }

    /// Reads a body that is the file itself.
    func readRaw(_ request: Request, named name: String) async throws -> UploadedFile {
        try checkLength(request, slack: 0)
        do {
            let writer = try uploads.begin()
            var digest = ContentDigest()
            for try await buffer in request.body {
                try buffer.withUnsafeReadableBytes { bytes in
                    try writer.append(bytes)
                    digest.update(bytes)
                }
            }
            return UploadedFile(
                name: UploadedFile.shownName(name), writer: writer, digest: digest.hexadecimal)
        } catch let error as UploadFolder.Trouble {
            throw WebProblem(error, bytesMax: uploads.bytesMax)
        }
    }

    /// A length that is announced spares both sides the way.
    private func checkLength(_ request: Request, slack: Int) throws(WebProblem) {
        guard let text = request.headers[.contentLength], let length = Int(text),
            length > uploads.bytesMax + slack
        else { return }
        throw .fileTooLarge(uploads.bytesMax)
    }
}

/// A form on its way in.
private struct UploadForm {
    let uploads: UploadFolder
    private(set) var file: UploadedFile?
    private var pairs: [(name: String, value: String)] = []
    private var part: MultipartReader.Part?
    private var value: [UInt8] = []
    private var valueBytes = 0

    init(uploads: UploadFolder) {
        self.uploads = uploads
    }

    var fields: FormFields { FormFields(pairs) }

    mutating func take(
        _ event: MultipartReader.Event, fieldBytesMax: Int, admit: (FormFields) throws -> Void
    ) throws {
        switch event {
        case .begin(let part):
            self.part = part
            value = []
            guard let fileName = part.fileName else { return }
            guard file == nil else {
                throw WebProblem(.badRequest, "The form brings more than one file.")
            }
            try admit(fields)
            file = UploadedFile(
                name: UploadedFile.shownName(fileName), writer: try uploads.begin())
        case .bytes(let bytes):
            if part?.fileName != nil, let writer = file?.writer {
                try bytes.withUnsafeBytes { bytes in try writer.append(bytes) }
            } else {
                valueBytes += bytes.count
                guard valueBytes <= fieldBytesMax else { throw WebProblem(.tooLarge) }
                value += bytes
            }
        case .end:
            if let part, part.fileName == nil {
                pairs.append((part.name, String(decoding: value, as: UTF8.self)))
            }
            part = nil
        }
    }
}

extension WebProblem {
    /// Why an upload could not be kept.
    init(_ trouble: UploadFolder.Trouble, bytesMax: Int) {
        switch trouble {
        case .tooLarge: self = .fileTooLarge(bytesMax)
        case .full:
            self.init(.storageFull, "There is no room left on the disk. Nothing was kept.")
        case .unwritable:
            self.init(.storageFull, "The folder of uploads cannot be written. Nothing was kept.")
        }
    }

    static func fileTooLarge(_ bytesMax: Int) -> WebProblem {
        WebProblem(
            .tooLarge,
            "A file takes at most \(bytesMax) bytes. Put a larger one into the watched folder.")
    }
}
