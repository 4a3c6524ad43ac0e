import DequeModule

/// One accepted import.
struct ImportBatch: Sendable {
    /// Where a batch stands.
    enum State: String, Sendable {
        case waiting
        case active
        case completed
        case failed
        case interrupted
    }

    let id: String
    /// Emptied once the batch has ended, to free their room.
    var rows: [ImportRow]
    let rowCount: Int
    /// Addresses on the exclusion list, already left out of `rows`.
    let excluded: [String]
    let callback: ImportCallback?
    let submitted: Double
    var state = State.waiting
    /// When work began, and when it ends.
    var work = 0.0...0.0
    /// Ids of contacts that were written.
    var success: [Int32] = []
    /// Addresses that were not taken, with the reason that only a detailed callback tells.
    var failure: [(address: String, reason: String)] = []
    /// How the batch will end and how it will be shown, drawn when it is taken in.
    var fate = State.completed
    var showsArrays = true
}

/// The importer's queue: one worker that takes a batch when its first second is over, works on it
/// for as long as its contacts need, and takes the next.
struct ImportQueue: Sendable {
    private(set) var batches: [ImportBatch] = []
    private var numbers: [String: Int] = [:]
    private var arriving: Deque<Int> = []
    private var ready: [Int] = []
    private var current: Int?
    private var freeAt = -Double.infinity
    private var addressesInFlight: [String: Int32] = [:]

    /// Batches that have not ended.
    var outstandingCount: Int { arriving.count + ready.count + (current == nil ? 0 : 1) }

    /// The batch called `id`.
    func batch(_ id: String) -> ImportBatch? {
        numbers[id].map { batches[$0] }
    }

    /// Puts a batch at the end of the queue; answers how many of its addresses are also in another
    /// batch that has not ended, of which the order is anybody's guess.
    mutating func submit(_ batch: ImportBatch) -> Int {
        let number = batches.count
        numbers[batch.id] = number
        arriving.append(number)
        var overlaps = 0
        for row in batch.rows {
            let before = addressesInFlight[row.email] ?? 0
            if before > 0 { overlaps += 1 }
            addressesInFlight[row.email] = before + 1
        }
        batches.append(batch)
        return overlaps
    }

    /// Moves the queue on to `now` and answers the numbers of the batches that ended meanwhile, in
    /// the order in which they ended; the caller writes their rows and settles them.
    mutating func advance(
        to now: Double, knobs: Knobs, random: inout RandomSource
    ) -> [Int] {
        var ended: [Int] = []
        while true {
            if let current {
                let end = batches[current].work.upperBound
                guard end <= now else { break }
                freeAt = end
                ended.append(current)
                self.current = nil
            }
            guard let start = nextStart(knobs), start <= now else { break }
            while let number = arriving.first,
                batches[number].submitted + knobs.importDelay <= start
            {
                arriving.removeFirst()
                ready.append(number)
            }
            let place = knobs.shuffle ? Int.random(in: 0..<ready.count, using: &random) : 0
            let number: Int
            if knobs.shuffle {
                ready.swapAt(place, ready.count - 1)
                number = ready.removeLast()
            } else {
                number = ready.removeFirst()
            }
            let count = Double(batches[number].rows.count)
            let seconds = knobs.processingRate > 0 ? count / knobs.processingRate : 0
            batches[number].state = .active
            batches[number].work = start...(start + seconds)
            current = number
        }
        return ended
    }

    private func nextStart(_ knobs: Knobs) -> Double? {
        let arrival = arriving.first.map { batches[$0].submitted + knobs.importDelay }
        if !ready.isEmpty { return max(freeAt, batches[ready[0]].submitted) }
        return arrival.map { max($0, freeAt) }
    }

    /// The rows of an ended batch, which from now on holds its results instead.
    mutating func takeRows(of number: Int) -> [ImportRow] {
        let rows = batches[number].rows
        batches[number].rows = []
        for row in rows {
            let count = (addressesInFlight[row.email] ?? 1) - 1
            addressesInFlight[row.email] = count > 0 ? count : nil
        }
        return rows
    }

    /// Writes down how a batch ended.
    mutating func settle(
        _ number: Int, as state: ImportBatch.State, success: [Int32],
        failure: [(address: String, reason: String)]
    ) {
        batches[number].state = state
        batches[number].success = success
        batches[number].failure = failure
    }

    /// The word under which `info` shows the batch; nil while nothing is recorded yet.
    func status(of batch: ImportBatch, at now: Double, knobs: Knobs) -> String? {
        switch batch.state {
        case .waiting:
            return now < batch.submitted + knobs.importDelay ? nil : "waiting"
        case .active:
            let tenth = (batch.work.upperBound - batch.work.lowerBound) / 10
            return now < batch.work.lowerBound + tenth ? "claimed" : "active"
        case .completed, .failed, .interrupted: return batch.state.rawValue
        }
    }
}
