/// The description of the API, written by hand in OpenAPI 3.1, and the table of operations read from it.
struct APIDocument: Sendable {
    /// One operation of the description.
    struct Operation: Equatable, Sendable {
        let method: String
        let path: String
        let summary: String
        let tag: String
    }

    let text: String
    let operations: [Operation]

    /// What stands in `Assets/openapi.yaml`.
    static func own() throws -> APIDocument {
        guard let text = EmbeddedAssets.all["Assets/openapi.yaml"] else {
            throw WebProblem(.internalError, "The program was built without 'openapi.yaml'.")
        }
        return APIDocument(text)
    }

    /// Reads the operations by the indentation that the document keeps: paths at 2 spaces, methods at 4, what
    /// belongs to an operation at 6.
    init(_ text: String) {
        self.text = text
        var found: [Operation] = []
        var isInPaths = false
        var path = ""
        var method = ""
        var summary = ""
        for line in text.split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indent)
            switch indent {
            case 0: isInPaths = rest == "paths:"
            case 2 where isInPaths && rest.hasPrefix("/"): path = String(rest.dropLast())
            case 4 where isInPaths && Self.methods.contains(String(rest.dropLast())):
                method = rest.dropLast().uppercased()
            case 6 where isInPaths && rest.hasPrefix("summary: "):
                summary = String(rest.dropFirst("summary: ".count))
            case 6 where isInPaths && rest.hasPrefix("tags: ["):
                let tag = rest.dropFirst("tags: [".count).dropLast()
                found.append(
                    Operation(method: method, path: path, summary: summary, tag: String(tag)))
            default: break
            }
        }
        operations = found
    }

    private static let methods: Set<String> = ["get", "put", "post", "patch", "delete"]
}
