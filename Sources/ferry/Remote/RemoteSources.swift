/// A source as the API tells it.
struct RemoteSource: Decodable, RemoteNamed {
    let id: Int64
    let name: String
    let file: String
    let active: Bool
    let options: Options
    let state: String?
    let importedAt: RemoteTime?

    struct Options: Decodable {
        let key: String
    }
}

/// A source as the API takes it; without a key the file decides.
struct RemoteSourceDraft: Encodable {
    let name: String
    let file: String
    let options: Options

    struct Options: Encodable {
        let key: String?
        let removeMissing: Bool
    }
}
