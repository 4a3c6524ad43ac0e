import Acts
import Exports
import Phrases
import Schedules

/// The fields of a schedule, ready to be shown.
struct ScheduleFields: Sendable {
    let isWeekly: Bool
    let weekdays: [Box]
    let times: [TimeRow]
    /// The row that *Add another time* adds.
    let blank: TimeRow
    let mayAddTime: Bool
    let zones: [ZoneGroup]
    /// The zone without a region.
    let universal: ExportFormModel.Option
    /// Whether nobody has chosen a zone yet, so that a script may choose the browser's.
    let isZoneOpen: Bool
    /// What the group with the browser's zone is called.
    let browserZoneLabel: String
    let weekdayNotes: ExportFormModel.FieldNotes
    let timeNotes: ExportFormModel.FieldNotes
    let zoneNotes: ExportFormModel.FieldNotes
    /// What comes of it; nil as long as it is no schedule.
    let next: NextRuns?

    struct Box: Sendable {
        let value: String
        let text: String
        let isChosen: Bool
    }

    struct TimeRow: Sendable {
        let number: Int
        let value: String
        let removeLabel: String
    }

    struct ZoneGroup: Sendable {
        let label: String
        let options: [ExportFormModel.Option]
    }

    /// `now` is in milliseconds since 1970.
    init(
        _ form: ScheduleForm, findings: [ScheduleForm.Finding], now: Int64, _ book: PhraseBook
    ) {
        isWeekly = form.isWeekly
        weekdays = book.weekdaysInOrder.map {
            Box(
                value: $0.rawValue, text: book.weekday($0), isChosen: form.weekdays.contains($0))
        }
        times = form.times.enumerated().map { number, time in
            TimeRow(
                number: number, value: TimeOfDay(time)?.description ?? time,
                removeLabel: time.isEmpty
                    ? book.text(.scheduleRemoveEmptyTime)
                    : book.text(.scheduleRemoveTime, ["time": time]))
        }
        blank = TimeRow(
            number: form.times.count, value: "", removeLabel: book.text(.scheduleRemoveEmptyTime))
        mayAddTime = form.times.count < Schedule.timesMax
        let option = { (zone: String) in
            ExportFormModel.Option(value: zone, text: zone, isSelected: zone == form.timeZone)
        }
        var groups = TimeZoneNames.regions.map { region in
            ZoneGroup(label: region.name, options: region.zones.map(option))
        }
        // A former name that was stored stays what it is.
        if TimeZoneNames.isKnown(form.timeZone), form.timeZone != TimeZoneNames.universal,
            !groups.contains(where: { $0.options.contains(where: \.isSelected) })
        {
            groups.insert(
                ZoneGroup(label: book.text(.scheduleZone), options: [option(form.timeZone)]), at: 0)
        }
        zones = groups
        universal = option(TimeZoneNames.universal)
        isZoneOpen = form.timeZone.isEmpty
        browserZoneLabel = book.text(.scheduleBrowserZone)
        let notes = { (anchor: String, hint: String?) in
            ExportFormModel.FieldNotes(
                findings.filter { $0.anchor == anchor }.enumerated().map { place, finding in
                    ExportFormModel.Note(
                        id: "note-\(anchor)-\(place)", text: finding.text(book), isWarning: false)
                }, hint: hint)
        }
        weekdayNotes = notes("weekdays", nil)
        timeNotes = notes("times-part", "times-hint")
        zoneNotes = notes("zone", "zone-hint")
        next = form.read().schedule.map { NextRuns($0, now: now, book) }
    }
}

/// The next moments at which a schedule is due, in words.
struct NextRuns: Sendable {
    let rows: [Row]

    struct Row: Sendable {
        let text: String
        let machine: String
        /// What a change of the clocks does to it; nil on other days.
        let note: String?
    }

    /// How many are shown.
    static let count = ScheduleAnswer.nextMax

    init(_ schedule: Schedule, now: Int64, _ book: PhraseBook) {
        rows = schedule.occurrences(after: now, count: Self.count).map { occurrence in
            let zone = schedule.timeZone
            let note: Phrase? =
                switch occurrence.fit {
                case .exact: nil
                case .leftOut: .scheduleLeftOut
                case .shownTwice: .scheduleShownTwice
                }
            return Row(
                text: book.text(
                    .scheduleNextRun,
                    [
                        "time": book.longTime(occurrence.at, in: zone), "zone": zone,
                        "distance": book.distance(from: now, to: occurrence.at, in: zone),
                    ]),
                machine: book.machineTime(occurrence.at),
                note: note.map {
                    book.text(
                        $0,
                        [
                            "time": book.timeOfDay(occurrence.time),
                            "begin": book.shortTime(occurrence.at, in: zone),
                        ])
                })
        }
    }
}

extension ScheduleForm.Finding {
    func text(_ book: PhraseBook) -> String {
        book.text(at: "finding.\(rawValue)") ?? rawValue
    }
}
