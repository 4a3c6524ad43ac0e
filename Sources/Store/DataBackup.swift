import Foundation
import Profiles
package import SQLiteKit

/// Copies of a data directory, made while it is in use.
package enum DataBackup {
    /// What was copied.
    package struct Report: Equatable, Sendable {
        /// Names of the files in the copy.
        package let files: [String]
        package let bytes: Int64
        /// Whether the master key is among them; without it no stored secret can be opened.
        package let hasKey: Bool
    }

    /// Copies both databases into `target`, a folder that is empty or does not exist, and the master key if
    /// asked for. Writers go on meanwhile. Whatever fails leaves no copy.
    ///
    /// Both databases are as they stood when the copy began, the catalog a moment before the profiles: so a
    /// static segment is never without the members it had. Throws `StoreError` when the folder is
    /// not empty or a file cannot be written, what `profiles` throws, and the errors of the
    /// database and of the file system.
    package static func make(
        of directory: DataDirectory, catalog: Catalog, profiles: () throws -> DatabaseCopy,
        into target: String, withKey: Bool
    ) throws -> Report {
        let wasThere = try prepare(target)
        do {
            let catalogView = try DatabaseCopy(of: catalog.database)
            let profilesView = try profiles()
            var files: [String] = []
            for (view, path) in [
                (catalogView, directory.catalogPath), (profilesView, directory.profilesPath),
            ] {
                let name = (path as NSString).lastPathComponent
                // SQLite keeps the permissions of a file that is there.
                try write(Data(), to: target + "/" + name)
                try view.write(to: target + "/" + name)
                files.append(name)
            }
            if withKey, let key = directory.storedKey {
                try write(key, to: target + "/" + DataDirectory.keyName)
                files.append(DataDirectory.keyName)
            }
            return Report(
                files: files, bytes: try files.reduce(0) { try $0 + size(of: target + "/" + $1) },
                hasKey: files.contains(DataDirectory.keyName))
        } catch {
            // The first error tells more than one of the cleaning would.
            for name in (try? FileManager.default.contentsOfDirectory(atPath: target)) ?? [] {
                try? FileManager.default.removeItem(atPath: target + "/" + name)
            }
            if !wasThere { try? FileManager.default.removeItem(atPath: target) }
            throw error
        }
    }

    /// Makes the folder, for its owner alone; an empty one is taken as it is, apart from its permissions.
    /// Answers whether it was there.
    private static func prepare(_ target: String) throws -> Bool {
        let files = FileManager.default
        let permissions: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        var isFolder: ObjCBool = false
        if files.fileExists(atPath: target, isDirectory: &isFolder) {
            guard isFolder.boolValue, try files.contentsOfDirectory(atPath: target).isEmpty else {
                throw StoreError(.storage, what: "folder-not-empty", ["path": .text(target)])
            }
            try files.setAttributes(permissions, ofItemAtPath: target)
            return true
        }
        do {
            try files.createDirectory(
                atPath: target, withIntermediateDirectories: true, attributes: permissions)
        } catch {
            throw StoreError(.storage, what: "folder-unmade", ["path": .text(target)])
        }
        return false
    }

    private static func write(_ data: Data, to path: String) throws {
        guard
            FileManager.default.createFile(
                atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        else {
            throw StoreError(.storage, what: "file-unwritten", ["path": .text(path)])
        }
    }

    private static func size(of path: String) throws -> Int64 {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.int64Value ?? 0
    }
}
