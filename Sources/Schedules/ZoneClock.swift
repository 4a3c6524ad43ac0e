import Foundation
import Profiles

/// A clock on a wall of a time zone. Moments are seconds since 1970 in UTC; what the clock shows is counted
/// in seconds as if that were UTC.
///
/// The rules of the zones come with Foundation; nothing of the machine is read.
struct ZoneClock {
    private let zone: TimeZone

    /// Nil for anything but an IANA identifier that is known.
    init?(_ identifier: String) {
        // Foundation also takes offsets such as GMT+3, which are no place's time.
        guard identifier.contains("/") || identifier == "UTC",
            let zone = TimeZone(identifier: identifier)
        else { return nil }
        self.zone = zone
    }

    /// How far the clock is ahead of UTC, in seconds.
    func offset(at moment: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
    }

    /// What the clock shows.
    func shown(at moment: Int) -> Int { moment + offset(at: moment) }

    /// The first moment after this one at which the clock may be moved; nil when it never is again.
    func change(after moment: Int) -> Int? {
        let date = Date(timeIntervalSince1970: Double(moment))
        guard let next = zone.nextDaylightSavingTimeTransition(after: date) else { return nil }
        let second = Int(next.timeIntervalSince1970.rounded())
        return second > moment ? second : nil
    }

    /// The first moment at which the clock shows `wanted` or later.
    ///
    /// That is the moment at which it shows `wanted`, its first when it does so twice, and the first after
    /// the gap when it never does.
    func first(showing wanted: Int) -> Int {
        // No clock was ever 25 hours ahead of UTC, so this one shows less.
        var moment = wanted - 25 * 3_600
        while true {
            // Never before `moment`, because there the clock shows less than what is wanted.
            let unchanged = wanted - offset(at: moment)
            guard let change = change(after: moment), change <= unchanged else { return unchanged }
            if shown(at: change) >= wanted { return change }
            moment = change
        }
    }

    /// Whether the clock shows at `moment` what it shows once more within a day.
    func repeats(_ moment: Int) -> Bool {
        guard let change = change(after: moment), change - moment <= 86_400 else { return false }
        return shown(at: change) <= shown(at: moment)
    }
}
