import Foundation

/// Gives mail to the system: runs its `sendmail` command, never through a shell, and waits for a bounded time.
package struct Sendmail: Sendable {
    /// Where most systems have it.
    package static let pathDefault = "/usr/sbin/sendmail"
    /// How long the command may take to put a mail into its queue.
    package static let timeout: Duration = .seconds(30)
    /// Below what a pipe holds everywhere, so that writing to it never waits.
    static let bytesMax = 16_384

    let path: String
    let timeout: Duration

    /// Why a mail was not taken.
    package struct Trouble: Error, Equatable, Sendable {
        /// A stable code.
        package let code: String
    }

    package init(path: String = pathDefault, timeout: Duration = timeout) {
        self.path = path
        self.timeout = timeout
    }

    /// Ends when the command has taken the mail; its result says no more than that. Throws
    /// `Trouble` when it has not, and `CancellationError`.
    package func send(_ message: [UInt8]) async throws {
        guard message.count <= Self.bytesMax else { throw Trouble(code: "mail-too-long") }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Trouble(code: "sendmail-missing")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-i", "-t"]
        // The service's own environment may hold its master key.
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardInput = pipe
        let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(
                process.terminationReason == .exit ? process.terminationStatus : -1)
            continuation.finish()
        }
        do {
            // Into the pipe before the command lives: nobody can close the other end meanwhile.
            try pipe.fileHandleForWriting.write(contentsOf: message)
            try pipe.fileHandleForWriting.close()
            try process.run()
        } catch {
            throw Trouble(code: "sendmail-missing")
        }
        let status = await Self.first(of: ended, within: timeout)
        guard let status else {
            kill(process.processIdentifier, SIGKILL)
            try Task.checkCancellation()
            throw Trouble(code: "sendmail-timeout")
        }
        guard status == 0 else { throw Trouble(code: "sendmail-exit-\(status)") }
    }

    /// The result of the command; nil when it took too long.
    private static func first(
        of ended: AsyncStream<Int32>, within timeout: Duration
    ) async -> Int32? {
        await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                for await status in ended { return status }
                return nil
            }
            group.addTask {
                // Cut short when the command has ended.
                try? await ContinuousClock().sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
