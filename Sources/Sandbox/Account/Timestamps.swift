/// Points in time as ActiveCampaign writes them, in the account's zone, six hours behind UTC.
enum Timestamps {
    private static let zoneSeconds = -6 * 3600

    /// Such as `2026-03-02T09:00:01-06:00`.
    static func local(_ seconds: Double) -> String {
        text(Int(seconds) + zoneSeconds, between: "T") + "-06:00"
    }

    /// Such as `2026-03-02 15:00:01`, in UTC.
    static func utc(_ seconds: Double) -> String {
        text(Int(seconds), between: " ")
    }

    /// Such as `2026-03-02 09:00:01`, in the account's zone but without naming it.
    static func plainLocal(_ seconds: Double) -> String {
        text(Int(seconds) + zoneSeconds, between: " ")
    }

    private static func text(_ seconds: Int, between: String) -> String {
        let days = (Double(seconds) / 86_400).rounded(.down)
        let (year, month, day) = date(daysSince1970: Int(days))
        let rest = seconds - Int(days) * 86_400
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + between
            + padded(rest / 3600, 2) + ":" + padded(rest / 60 % 60, 2) + ":" + padded(rest % 60, 2)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The Gregorian date, counted in eras of 400 years that begin on the first of March.
    private static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }
}
