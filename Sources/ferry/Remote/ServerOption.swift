import Foundation

/// The service given on the command line, for commands that are to work there instead of in a data directory.
enum ServerOption {
    /// The service to speak to; nil when the command works in the data directory.
    static func service() throws -> RemoteService? {
        guard let given = Settings.current.server else { return nil }
        return RemoteService(base: try base(of: given), token: try token())
    }

    /// Throws for commands that only work where the data is.
    static func refuse(_ command: String) throws {
        if Settings.current.server != nil {
            throw UsageError(
                "'\(command)' works on the machine that holds the data: repeat it there, without --server."
            )
        }
    }

    /// The address without a path. Tokens travel over HTTPS, or never leave the machine.
    private static func base(of text: String) throws -> String {
        guard let url = URL(string: text), let scheme = url.scheme, let host = url.host(),
            ["http", "https"].contains(scheme), url.user() == nil, url.query() == nil,
            ["", "/"].contains(url.path())
        else {
            throw UsageError("--server takes an address such as https://ferry.example.")
        }
        let isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        guard scheme == "https" || isLoopback else {
            throw UsageError(
                "--server takes an https:// address: a token sent over plain HTTP can be read on its way."
            )
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func token() throws -> String {
        let text: String
        if let file = Settings.current.tokenFile {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw UsageError("The token file '\(file)' cannot be read.")
            }
            text = String(decoding: data.prefix(4_096), as: UTF8.self)
        } else if let given = Settings.current.token {
            text = given
        } else {
            throw UsageError(
                "--server needs a token: put one from your account page into the variable FERRY_TOKEN, or name its file with --token-file."
            )
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw UsageError("The token must be one word, as the account page showed it.")
        }
        return token
    }
}
