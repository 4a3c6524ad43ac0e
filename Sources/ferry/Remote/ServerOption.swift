import Foundation

/// The service given on the command line, for commands that are to work there instead of in a data directory.
enum ServerOption {
    static let environmentName = "FERRY_SERVER"
    static let tokenName = "FERRY_TOKEN"
    static let tokenFileName = "FERRY_TOKEN_FILE"
    private static let flags = ["--server": environmentName, "--token-file": tokenFileName]

    /// Moves `--server URL` and `--token-file FILE` from the arguments to the environment, where every
    /// command looks; they may stand before or after the subcommand.
    static func take(from arguments: inout [String]) {
        for (flag, name) in flags {
            ArgumentTaking.take(flag, into: name, from: &arguments)
        }
    }

    /// The service to speak to; nil when the command works in the data directory.
    static func service() throws -> RemoteService? {
        guard let given = value(environmentName) else { return nil }
        return RemoteService(base: try base(of: given), token: try token())
    }

    /// Throws for commands that only work where the data is.
    static func refuse(_ command: String) throws {
        if value(environmentName) != nil {
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
        if let file = value(tokenFileName) {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw UsageError("The token file '\(file)' cannot be read.")
            }
            text = String(decoding: data.prefix(4_096), as: UTF8.self)
        } else if let given = value(tokenName) {
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

    private static func value(_ name: String) -> String? {
        let text = ProcessInfo.processInfo.environment[name] ?? ""
        return text.isEmpty ? nil : text
    }
}

/// Options that belong to the whole program.
enum ArgumentTaking {
    /// Moves `--flag VALUE` or `--flag=VALUE` from the arguments to an environment variable.
    static func take(_ flag: String, into name: String, from arguments: inout [String]) {
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            if arguments[index] == flag, index + 1 < arguments.count {
                setenv(name, arguments[index + 1], 1)
                arguments.removeSubrange(index...(index + 1))
            } else if arguments[index].hasPrefix(flag + "=") {
                setenv(name, String(arguments[index].dropFirst(flag.count + 1)), 1)
                arguments.remove(at: index)
            } else {
                index += 1
            }
        }
    }
}
