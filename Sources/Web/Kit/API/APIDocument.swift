import Yams

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
    /// In the order in which they stand.
    let operations: [Operation]

    /// What stands in `Assets/openapi.yaml`. Throws `WebProblem` when it was not built in, and `YamlError` when it cannot
    /// be read.
    static func own() throws -> APIDocument { try read.get() }

    private static let read: Result<APIDocument, any Error> = Result {
        guard let text = EmbeddedAssets.all["Assets/openapi.yaml"] else {
            throw WebProblem(.internalError, "The program was built without 'openapi.yaml'.")
        }
        return try APIDocument(text)
    }

    /// Throws `YamlError` for what is no YAML.
    init(_ text: String) throws {
        self.text = text
        let document = try Yams.compose(yaml: text)
        operations = (document?["paths"]?.mapping ?? [:]).flatMap { path, item in
            (item.mapping ?? [:]).compactMap { method, operation in
                guard let path = path.string, let method = method.string,
                    Self.methods.contains(method)
                else { return nil }
                return Operation(
                    method: method.uppercased(), path: path,
                    summary: operation["summary"]?.string ?? "",
                    tag: operation["tags"]?[0]?.string ?? "")
            }
        }
    }

    private static let methods: Set<String> = ["get", "put", "post", "patch", "delete"]
}
