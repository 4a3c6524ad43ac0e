import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore
import Phrases
import Service

/// Turns a template and a model into a page.
package struct PageRenderer: Sendable {
    private let library: MustacheLibrary

    /// The templates do not change while the program runs, and are read once.
    private static let templates = Result { try MustacheLibrary(templates: parsed()) }

    /// Throws what is wrong with a template, which is a mistake in the program.
    package init() throws {
        library = try Self.templates.get()
    }

    private static func parsed() throws -> [String: MustacheTemplate] {
        // Parents and partials fall back to the library's own type, so every template names ours.
        MustacheContentTypes.register(ScalarHTML(), named: ScalarHTML.name)
        var templates: [String: MustacheTemplate] = [:]
        for (key, text) in EmbeddedAssets.all
        where key.hasPrefix("Templates/") && key.hasSuffix(".mustache") {
            let name = key.dropFirst("Templates/".count).dropLast(".mustache".count)
            templates[String(name)] = try MustacheTemplate(
                string: "{{% CONTENT_TYPE:\(ScalarHTML.name)}}" + text)
        }
        return templates
    }

    /// A page for somebody who has signed in.
    func page(
        _ template: String, title: String, _ content: some Sendable, for signedIn: SignedIn,
        status: HTTPResponse.Status = .ok, notice: Frame.Notice? = nil, refreshSeconds: Int? = nil
    ) -> Response {
        page(
            template, content,
            Frame(
                title: title, visitor: signedIn.visitor, signedIn: signedIn, notice: notice,
                refreshSeconds: refreshSeconds),
            status: status)
    }

    /// A page for anybody.
    func page(
        _ template: String, title: String, _ content: some Sendable, for visitor: Visitor,
        status: HTTPResponse.Status = .ok, notice: Frame.Notice? = nil
    ) -> Response {
        page(
            template, content,
            Frame(title: title, visitor: visitor, signedIn: nil, notice: notice), status: status)
    }

    private func page(
        _ template: String, _ content: some Sendable, _ frame: Frame, status: HTTPResponse.Status
    ) -> Response {
        guard
            let text = library.render(
                PageModel(frame: frame, content: content), withTemplate: template)
        else {
            preconditionFailure("There is no template '\(template)'.")
        }
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// A piece of a page, for scripts that put it in place.
    func fragment(_ template: String, _ content: some Sendable, for signedIn: SignedIn) -> String {
        let frame = Frame(title: "", visitor: signedIn.visitor, signedIn: signedIn)
        guard
            let text = library.render(
                PageModel(frame: frame, content: content), withTemplate: template)
        else {
            preconditionFailure("There is no template '\(template)'.")
        }
        return text
    }

    private struct ProblemModel: Sendable {
        let heading: String
        let explanation: String
        let status: Int
        let requestID: String
    }

    /// The page that says why there is no other one.
    func problem(_ problem: WebProblem, _ visitor: Visitor, _ signedIn: SignedIn?) -> Response {
        let book = visitor.book
        let code = problem.code.rawValue
        let heading = book.text(at: "problem.\(code).title") ?? code
        let model = ProblemModel(
            heading: heading,
            explanation: problem.explanation.map { book.sentence(of: $0) }
                ?? book.text(at: "problem.\(code).text") ?? "",
            status: problem.code.status.code, requestID: visitor.requestID)
        let frame = Frame(title: heading, visitor: visitor, signedIn: signedIn)
        return page("problem", model, frame, status: problem.code.status)
    }
}
