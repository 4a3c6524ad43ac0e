import Foundation
import Profiles

/// Makes sentences of the reasons in a file of bad rows.
enum BadRows {
    /// Rewrites the file in place: it is the old one or the new one, never half of either. Throws `FileError`.
    static func tell(at path: String) throws {
        let told = "\(path).told"
        guard let source = FileHandle(forReadingAtPath: path),
            FileManager.default.createFile(
                atPath: told, contents: nil, attributes: [.posixPermissions: 0o600]),
            let target = FileHandle(forWritingAtPath: told)
        else { throw FileError(path: path, problem: "it cannot be written") }
        do {
            var telling = BadRowsTelling(Advice.sentence)
            while let piece = try source.read(upToCount: 1 << 16), !piece.isEmpty {
                try target.write(contentsOf: telling.tell(piece))
            }
            try target.close()
        } catch {
            // What is left of it is of no use.
            try? FileManager.default.removeItem(atPath: told)
            throw FileError(path: path, problem: "it cannot be written")
        }
        guard rename(told, path) == 0 else {
            throw FileError(path: path, problem: "it cannot be written")
        }
    }
}
