import Foundation

/// The time zones that are offered to people.
package enum TimeZoneNames {
    /// The zones of one region: `Europe`.
    package struct Region: Equatable, Sendable {
        package let name: String
        /// Identifiers in order of their text.
        package let zones: [String]
    }

    /// Every place's zone by its present name, in regions; `UTC` stands apart from them.
    package static let regions: [Region] = {
        let known = Set(TimeZone.knownTimeZoneIdentifiers).filter { $0.contains("/") }
        let names = known.subtracting(formerNames).union(["Asia/Kolkata"])
        return Dictionary(grouping: names) { String($0.prefix { $0 != "/" }) }
            .map { Region(name: $0.key, zones: $0.value.sorted()) }
            .sorted { $0.name < $1.name }
    }()

    package static let universal = "UTC"

    /// Whether a schedule can be in that zone. Former names count as well.
    package static func isKnown(_ identifier: String) -> Bool { ZoneClock(identifier) != nil }

    /// Names that Foundation lists beside those that replaced them.
    private static let formerNames: Set<String> = [
        "America/Godthab", "America/Montreal", "America/Nipigon", "America/Pangnirtung",
        "America/Rainy_River", "America/Santa_Isabel", "America/Shiprock", "America/Thunder_Bay",
        "America/Yellowknife", "Antarctica/South_Pole", "Asia/Calcutta", "Asia/Choibalsan",
        "Asia/Chongqing", "Asia/Harbin", "Asia/Kashgar", "Asia/Katmandu", "Asia/Rangoon",
        "Australia/Currie", "Europe/Kiev", "Europe/Uzhgorod", "Europe/Zaporozhye",
        "Pacific/Enderbury", "Pacific/Johnston", "Pacific/Ponape", "Pacific/Truk",
    ]
}
