import Access
import Foundation
import Profiles
import Testing

@testable import Store

@Suite struct CatalogDirectoryTests {
    /// A place for a data directory, which is not there yet; gone with this object.
    private final class Place {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "ferry-directory-\(UUID().uuidString)")
        var path: String { folder.appending(path: "data").path }

        deinit {
            // A folder that stays behind in the temporary folder does no harm.
            try? FileManager.default.removeItem(at: folder)
        }
    }

    private func permissions(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue & 0o7777
    }

    @Test func `the directory and what is made in it first are for the owner only`() throws {
        let place = Place()
        let directory = try DataDirectory(path: place.path, use: .changing(purpose: "a test"))
        _ = try directory.masterKey(environmentKey: nil)
        #expect(try permissions(place.path) == 0o700)
        #expect(try permissions(place.path + "/master.key") == 0o600)
        #expect(try permissions(place.path + "/lock") == 0o600)
    }

    @Test func `a directory is made to be changed, never to be read`() throws {
        let place = Place()
        let error = #expect(throws: StoreError.self) {
            try DataDirectory(path: place.path, use: .reading)
        }
        #expect(error?.code == .notADataDirectory)
        #expect(error?.facts["path"] == .text(place.path))
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test func `a file is no data directory`() throws {
        let place = Place()
        try FileManager.default.createDirectory(
            at: place.folder, withIntermediateDirectories: true)
        try Data("text".utf8).write(to: URL(filePath: place.path))
        for use in [DataDirectory.Use.reading, .changing(purpose: "a test")] {
            let error = #expect(throws: StoreError.self) {
                try DataDirectory(path: place.path, use: use)
            }
            #expect(error?.code == .notADataDirectory)
        }
        #expect(try Data(contentsOf: URL(filePath: place.path)) == Data("text".utf8))
    }

    @Test func `only one at a time may change things, and the answer says who does`() throws {
        let place = Place()
        let first = try DataDirectory(path: place.path, use: .changing(purpose: "serving"))
        let error = #expect(throws: StoreError.self) {
            try DataDirectory(path: place.path, use: .changing(purpose: "importing"))
        }
        #expect(error?.code == .locked)
        #expect(
            error?.facts["holder"]
                == .text("process \(ProcessInfo.processInfo.processIdentifier), serving"))
        withExtendedLifetime(first) {}
    }

    @Test func `somebody may read beside the one who changes things`() throws {
        let place = Place()
        let first = try DataDirectory(path: place.path, use: .changing(purpose: "serving"))
        let reader = try DataDirectory(path: place.path, use: .reading)
        #expect(reader.catalogPath == first.catalogPath)
        #expect(throws: StoreError.self) {
            try DataDirectory(path: place.path, use: .changing(purpose: "importing"))
        }
        withExtendedLifetime(first) {}
    }

    @Test func `the lock is let go with its holder, and a reader holds none`() throws {
        let place = Place()
        var first: DataDirectory? = try DataDirectory(
            path: place.path, use: .changing(purpose: "serving"))
        #expect(first?.path == place.path)
        first = nil
        let reader = try DataDirectory(path: place.path, use: .reading)
        let second = try DataDirectory(path: place.path, use: .changing(purpose: "importing"))
        #expect(second.profilesPath == reader.profilesPath)
    }

    // MARK: The master key

    @Test func `the master key is made once and stays`() throws {
        let place = Place()
        var first: DataDirectory? = try DataDirectory(
            path: place.path, use: .changing(purpose: "a test"))
        let sealed = try #require(first).masterKey(environmentKey: nil)
            .seal("secret", purpose: "acme.example")
        let file = try Data(contentsOf: URL(filePath: place.path + "/master.key"))
        first = nil
        let second = try DataDirectory(path: place.path, use: .reading)
        let key = try second.masterKey(environmentKey: nil)
        #expect(try key.open(sealed, purpose: "acme.example") == "secret")
        #expect(try Data(contentsOf: URL(filePath: place.path + "/master.key")) == file)
    }

    @Test func `a key given by the environment goes before the file, and makes none`() throws {
        let place = Place()
        let directory = try DataDirectory(path: place.path, use: .changing(purpose: "a test"))
        let text = MasterKey.newBase64()
        let sealed = try MasterKey(base64: text).seal("secret", purpose: "acme.example")
        let key = try directory.masterKey(environmentKey: text)
        #expect(try key.open(sealed, purpose: "acme.example") == "secret")
        #expect(!FileManager.default.fileExists(atPath: place.path + "/master.key"))
    }

    @Test(arguments: ["", "c2hvcnQ=", "not base64"])
    func `a damaged key file is an error and is not replaced`(_ text: String) throws {
        let place = Place()
        let directory = try DataDirectory(path: place.path, use: .changing(purpose: "a test"))
        let file = URL(filePath: place.path + "/master.key")
        try Data(text.utf8).write(to: file)
        #expect(throws: MasterKey.SealError.self) {
            try directory.masterKey(environmentKey: nil)
        }
        #expect(try Data(contentsOf: file) == Data(text.utf8))
    }
}
