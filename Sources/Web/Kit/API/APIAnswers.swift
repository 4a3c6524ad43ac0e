import HTTPTypes
import Hummingbird

extension Response {
    /// A thing that has just been made, and where it is found.
    static func created(_ value: some Encodable, at path: String) -> Response {
        var response = Response.json(value, status: .created)
        response.headers[.location] = path
        return response
    }

    /// Done, and nothing to say.
    static var done: Response { Response(status: .noContent) }
}
