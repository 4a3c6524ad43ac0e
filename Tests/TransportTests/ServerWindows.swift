/// The ways in which a server may count requests, applied to the moments at which it counted them.
enum ServerWindows {
    /// The most requests in any window of this length, wherever it begins.
    static func busiestSliding(_ moments: [Duration], length: Duration) -> Int {
        let moments = moments.sorted()
        var first = 0
        var busiest = 0
        for (index, moment) in moments.enumerated() {
            while moments[first] + length <= moment { first += 1 }
            busiest = max(busiest, index - first + 1)
        }
        return busiest
    }

    /// The most requests in any window of a clock that was started `phase` early.
    static func busiestFixed(_ moments: [Duration], length: Duration, phase: Duration) -> Int {
        var counts: [Int: Int] = [:]
        for moment in moments {
            counts[Int(((moment + phase) / length).rounded(.down)), default: 0] += 1
        }
        return counts.values.max() ?? 0
    }

    /// How many requests a bucket that starts full and holds `limit` tokens would have refused.
    static func refusedByBucket(_ moments: [Duration], limit: Int, length: Duration) -> Int {
        var tokens = Double(limit)
        var last: Duration?
        var refused = 0
        for moment in moments.sorted() {
            if let last {
                tokens = min(Double(limit), tokens + (moment - last) / length * Double(limit))
            }
            last = moment
            // The sums of many small refills are not exact.
            if tokens < 1 - 1e-6 { refused += 1 } else { tokens -= 1 }
        }
        return refused
    }
}
