/// Lets so many at once through; others wait in the order they came.
package actor AsyncSlots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(count: Int) {
        free = count
    }

    /// How many wait.
    package var waitingCount: Int { waiting.count }

    package func take() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    package func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }

    /// Does something while it holds a place. Throws what `body` throws.
    package nonisolated func holding<Result>(_ body: () async throws -> Result) async throws
        -> Result
    {
        await take()
        do {
            let result = try await body()
            await giveBack()
            return result
        } catch {
            await giveBack()
            throw error
        }
    }
}
