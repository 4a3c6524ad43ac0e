/// The rows of a rule, ready to be shown: a tree, flattened into the order of the page.
struct RuleRowsModel: Sendable {
    let items: [Item]
    let lists: [ValueList]

    /// The beginning of a group, a row, a condition that only text can hold, or the end of a group.
    struct Item: Sendable {
        var group: Group?
        var row: Row?
        var text: Written?
        var end: GroupEnd?
    }

    struct Group: Sendable {
        let path: String
        let isInner: Bool
        let label: String
        let modes: [Option]
        let modeLabel: String
        let removeLabel: String
        let status: Status
    }

    struct GroupEnd: Sendable {
        let path: String
        let isInner: Bool
        let isFocused: Bool
        let addConditionLabel: String
        /// Nil where groups stand as deep as they may.
        let addGroupLabel: String?
    }

    struct Row: Sendable {
        let path: String
        let isFocused: Bool
        let label: String
        let subject: Choice
        let attributes: [OptionGroup]
        let subjectLabel: String
        let isBlank: Bool
        let isSegment: Bool
        let isEveryone: Bool
        let segmentLabel: String
        let segments: [Option]
        let part: Select?
        let comparison: Select?
        let values: [Value]
        let list: List?
        let ignoreCase: IgnoreCase?
        let removeLabel: String
        let status: Status
    }

    /// The subjects that are no attribute.
    struct Choice: Sendable {
        let isNone: Bool
        let isSegment: Bool
        let isEveryone: Bool
    }

    /// A condition that the rule has and no row can hold.
    struct Written: Sendable {
        let path: String
        let text: String
        let removeLabel: String
        let status: Status
    }

    struct Option: Sendable {
        let value: String
        let text: String
        let isSelected: Bool
    }

    struct OptionGroup: Sendable {
        let label: String
        let options: [Option]
    }

    struct Select: Sendable {
        let label: String
        let options: [Option]
    }

    struct Value: Sendable {
        let id: String
        /// `PATH:N`, the end of the fields' names.
        let name: String
        let label: String
        let text: String
        /// How the value is read; a choice for dates, hidden for the rest.
        let style: String
        let styles: Select?
        let unit: String
        let units: Select?
        /// The input's type; nil when nothing is typed.
        let input: Input?
        let choices: [Option]
        let hasChoices: Bool
        /// Whether a second value follows: between … and ….
        let joint: String?
        let isInvalid: Bool
        let noteID: String

        struct Input: Sendable {
            let type: String
            let mode: String
            let direction: String
            let width: String
            let list: String?
        }
    }

    struct List: Sendable {
        let path: String
        let label: String
        let text: String
        let lines: Int
        /// The id of the values that are offered.
        let values: String?
        let offered: [String]
        let offeredLabel: String
        let isInvalid: Bool
        let noteID: String
    }

    struct IgnoreCase: Sendable {
        let isOn: Bool
    }

    struct Status: Sendable {
        let path: String
        /// How many profiles it holds for; empty while that is not known.
        let count: String
        let countLabel: String
        let notes: [Note]
    }

    struct Note: Sendable {
        let text: String
        /// What the rule language says, in English.
        let detail: String?
        let suggestion: String?
    }

    /// Values that are offered while somebody types.
    struct ValueList: Sendable {
        let id: String
        let values: [String]
    }
}
