package import Profiles
package import Store

/// How far an import under way is.
package enum ImportStanding: Equatable, Sendable {
    /// Others go first.
    case waiting
    case running(ImportProgress)
}

/// Whoever carries imports out, one at a time because profiles have one writer, and holds the files they read.
package protocol ImportPort: Sendable {
    /// Gives an import that waits its turn. A service answers at once; a command carries it out here and now, and
    /// throws what went wrong with it.
    func begin(_ job: FileImport) throws

    /// It was given up before its turn came.
    func leave(_ id: FileImport.ID)

    /// Asks an import that runs to stop; false when it does not run in this process.
    func stop(_ id: FileImport.ID) -> Bool

    /// How far an import is; nil when it is not under way in this process.
    func standing(of id: FileImport.ID) -> ImportStanding?

    /// Opens the file of an import. Throws `ImportTrouble` or `ImportError`.
    func open(_ job: FileImport) throws -> ImportFile

    /// Opens a file of the watched folder. Throws `ImportTrouble`.
    func open(sourceFile name: String) throws -> ImportFile

    /// The size of a file of the watched folder. Throws `ImportTrouble` when there is none.
    func bytes(ofSourceFile name: String) throws -> Int

    /// Removes the upload of an import, and rows that it set aside.
    func removeFiles(of job: FileImport)
}
