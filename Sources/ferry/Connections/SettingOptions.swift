import ArgumentParser
import Delivery
import Exports
import Foundation
import Phrases

/// The text a person agrees to before an account may receive personal data.
enum ConsentText {
    static func lines(_ destination: DestinationDescriptor) -> String {
        let book = PhraseBook(.en)
        let names = ["product": "Ferry", "destination": destination.title]
        let texts = [destination.consent.title, destination.consent.body].map { key in
            let own = destination.words.text(at: key, language: book.language.rawValue)
            return PhraseBook.filled(own ?? book.text(at: key) ?? key, names)
        }
        return texts.joined(separator: "\n\n")
    }
}

/// Secrets come from files or the environment, never from arguments, which other users can see.
enum SecretSource {
    static let bytesMax = 4_096

    /// The first line of a file.
    static func read(file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("The key file '\(file)' cannot be read.")
        }
        return try check(
            String(decoding: data.prefix(bytesMax), as: UTF8.self), from: "key file '\(file)'")
    }

    /// A file's contents without the line's end.
    static func password(file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("The password file '\(file)' cannot be read.")
        }
        let text = String(decoding: data.prefix(bytesMax), as: UTF8.self)
        return text.trimmingCharacters(in: .newlines)
    }

    static func check(_ text: String, from source: String) throws -> String {
        let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let isKey = !key.isEmpty && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isKey else {
            throw UsageError("The \(source) must hold one API key, and nothing else.")
        }
        return key
    }
}

/// What a kind of destination asks for.
struct SettingOptions: ParsableArguments {
    @Option(help: "The host of the API URL, such as youraccount.api-us1.com.")
    var host: String
    @Option(help: "A file that holds the API key.")
    var apiKeyFile: String?
    @Option(
        name: .customLong("set"),
        help: "NAME=VALUE: what another type asks for besides host and key. Repeatable.")
    var others: [String] = []
    @Option(
        name: .customLong("secret-file"),
        help: "NAME=FILE: a secret of a type that has several. Repeatable.")
    var secretFiles: [String] = []

    /// Settings by name, as they were typed.
    func typed(for destination: DestinationDescriptor) throws -> [String: String] {
        var typed = [destination.host.name: host]
        if let apiKeyFile {
            typed[destination.secrets[0].name] = try SecretSource.read(file: apiKeyFile)
        }
        for text in others {
            let (name, value) = try Self.pair(text, "--set NAME=VALUE")
            typed[name] = value
        }
        for text in secretFiles {
            let (name, file) = try Self.pair(text, "--secret-file NAME=FILE")
            typed[name] = try SecretSource.read(file: file)
        }
        for setting in destination.settings where typed[setting.name] == nil {
            throw UsageError("\(destination.title) needs \(Self.option(setting, destination)).")
        }
        return typed
    }

    private static func option(
        _ setting: DestinationSetting, _ destination: DestinationDescriptor
    ) -> String {
        switch setting.kind {
        case .host: "--host"
        case .text: "--set \(setting.name)=VALUE"
        case .secret:
            destination.secrets.count == 1
                ? "--api-key-file" : "--secret-file \(setting.name)=FILE"
        }
    }

    private static func pair(_ text: String, _ form: String) throws -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw UsageError("Write \(form), not '\(text)'.") }
        return (parts[0], parts[1])
    }
}

extension Destinations {
    /// The kind of that word; the usual one for none. Throws for one that there is not.
    func named(_ id: String?) throws -> DestinationDescriptor {
        guard let id else { return usual }
        if let known = descriptor(of: id) { return known }
        let names = descriptors.map { "'\($0.id)'" }.joined(separator: ", ")
        throw UsageError("There is no type '\(id)'; there is \(names).")
    }

    func haveLists(_ id: String) -> Bool {
        descriptor(of: id)?.abilities.contains(.lists) ?? true
    }
}

extension ArgumentHelp {
    /// The kinds that there are.
    static var destinations: ArgumentHelp {
        let names = Destinations.all.descriptors.map(\.id).joined(separator: ", ")
        return ArgumentHelp("The type of destination: \(names). The first is meant without it.")
    }
}
