/// One row of the knob table: the name of a setting, what it may be, and how to read and write it.
package struct Knob: Sendable {
    /// What a knob may be set to.
    package enum Kind: Sendable, Equatable {
        case flag
        case share
        case number
        case wholeNumber
        case text
        case choice([String])
    }

    /// Name on the command line, in JSON and in forms.
    package let name: String
    /// What it may be set to.
    package let kind: Kind
    /// The present setting as text.
    package let read: @Sendable (Knobs) -> String
    /// Sets the knob; false, and nothing changed, when the text means no such value.
    package let write: @Sendable (inout Knobs, String) -> Bool

    /// The row named `name`.
    package static func named(_ name: String) -> Knob? {
        all.first { $0.name == name }
    }

    /// Every knob, in the order in which the page shows them.
    package static let all: [Knob] = [
        flag("limits", \.limits),
        wholeNumber("requests-per-second", \.requestsPerSecond),
        wholeNumber("imports-per-minute", \.importsPerMinute),
        wholeNumber("single-imports-per-minute", \.singleImportsPerMinute),
        choice("rate-window", \.rateWindow),
        flag("imports-count-in-rate", \.importsCountInRate),
        flag("rate-limit-as-503", \.rateLimitAs503),
        wholeNumber("retry-after", \.retryAfter),
        flag("penalty", \.penalty),
        number("processing-rate", \.processingRate),
        number("import-delay", \.importDelay),
        flag("shuffle", \.shuffle),
        choice("success-spelling", \.successSpelling),
        choice("success-ids", \.successIDs),
        choice("duplicate-rows", \.duplicateRows),
        choice("unknown-batch", \.unknownBatch),
        choice("opt-out-scope", \.optOutScope),
        choice("opt-out-effect", \.optOutEffect),
        text("poison", \.poison),
        flag("poison-named", \.poisonNamed),
        choice("sync-update", \.syncUpdate),
        flag("inline-lists-and-tags", \.inlineListsAndTags),
        choice("known-tag", \.knownTag),
        wholeNumber("contact-limit", \.contactLimit),
        choice("over-limit", \.overLimit),
        flag("admin-key", \.adminKey),
        wholeNumber("seed", \.seed),
        choice("faults-on", \.faultsOn),
        share("fault-429", \.fault429),
        share("fault-503", \.fault503),
        share("fault-502", \.fault502),
        share("fault-403", \.fault403),
        share("fault-402", \.fault402),
        share("fault-html", \.faultHTML),
        share("fault-empty", \.faultEmpty),
        share("fault-cut-before", \.faultCutBefore),
        share("fault-cut-after", \.faultCutAfter),
        share("failed-batches", \.failedBatches),
        share("interrupted-batches", \.interruptedBatches),
        share("info-without-arrays", \.infoWithoutArrays),
        wholeNumber("latency", \.latency),
    ]
}

extension Knob {
    private typealias Path<Value> = any WritableKeyPath<Knobs, Value> & Sendable

    private static func flag(_ name: String, _ path: Path<Bool>) -> Knob {
        Knob(
            name: name, kind: .flag, read: { $0[keyPath: path] ? "true" : "false" },
            write: { knobs, text in
                switch text.lowercased() {
                case "true", "yes", "on", "1": knobs[keyPath: path] = true
                case "false", "no", "off", "0": knobs[keyPath: path] = false
                default: return false
                }
                return true
            })
    }

    private static func share(_ name: String, _ path: Path<Double>) -> Knob {
        Knob(
            name: name, kind: .share, read: { $0[keyPath: path].formatted },
            write: { knobs, text in
                guard let share = Double(text), (0...1).contains(share) else { return false }
                knobs[keyPath: path] = share
                return true
            })
    }

    private static func number(_ name: String, _ path: Path<Double>) -> Knob {
        Knob(
            name: name, kind: .number, read: { $0[keyPath: path].formatted },
            write: { knobs, text in
                guard let number = Double(text), number >= 0, number.isFinite else { return false }
                knobs[keyPath: path] = number
                return true
            })
    }

    private static func wholeNumber(_ name: String, _ path: Path<Int>) -> Knob {
        Knob(
            name: name, kind: .wholeNumber, read: { String($0[keyPath: path]) },
            write: { knobs, text in
                guard let number = Int(text), (0...1_000_000_000).contains(number) else {
                    return false
                }
                knobs[keyPath: path] = number
                return true
            })
    }

    private static func text(_ name: String, _ path: Path<String>) -> Knob {
        Knob(
            name: name, kind: .text, read: { $0[keyPath: path] },
            write: { knobs, text in
                guard text.utf8.count <= 200 else { return false }
                knobs[keyPath: path] = text
                return true
            })
    }

    private static func choice<Value>(_ name: String, _ path: Path<Value>) -> Knob
    where Value: RawRepresentable<String> & CaseIterable & Sendable {
        Knob(
            name: name, kind: .choice(Value.allCases.map(\.rawValue)),
            read: { $0[keyPath: path].rawValue },
            write: { knobs, text in
                guard let value = Value(rawValue: text) else { return false }
                knobs[keyPath: path] = value
                return true
            })
    }
}

extension Double {
    /// The number without a fraction that says nothing.
    fileprivate var formatted: String {
        Int(exactly: self).map(String.init) ?? String(self)
    }
}

/// A knob that does not exist, or a value it cannot take.
package struct KnobError: Error, CustomStringConvertible, Sendable {
    /// What was asked for and what may be asked for.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Knobs {
    /// Sets the knob called `name` from text; the error names what it would take.
    package mutating func set(_ name: String, to text: String) throws(KnobError) {
        guard let knob = Knob.named(name) else {
            let names = Knob.all.map(\.name).joined(separator: ", ")
            throw KnobError("there is no knob '\(name)'; the knobs are \(names)")
        }
        guard knob.write(&self, text) else {
            throw KnobError("the knob '\(name)' takes \(knob.kind.expectation)")
        }
    }

    /// All knobs as one JSON object, each as its own kind of value.
    package var json: JSONValue {
        .object(Knob.all.map { .init(name: $0.name, value: $0.value(in: self)) })
    }

    /// These knobs with every knob changed that `json` names.
    package func setting(_ json: JSONValue) throws(KnobError) -> Knobs {
        guard case .object(let members) = json else {
            throw KnobError("the knobs are expected as one JSON object of names and values")
        }
        var changed = self
        for member in members {
            let text: String? =
                if case .bool(let flag) = member.value { String(flag) } else { member.value.text }
            guard let text else {
                throw KnobError("the knob '\(member.name)' takes no list, object or null")
            }
            try changed.set(member.name, to: text)
        }
        return changed
    }
}

extension Knob {
    fileprivate func value(in knobs: Knobs) -> JSONValue {
        let text = read(knobs)
        return switch kind {
        case .flag: .bool(text == "true")
        case .share, .number:
            Double(text).map { number in
                Int(exactly: number).map(JSONValue.integer) ?? .number(number)
            } ?? .null
        case .wholeNumber: Int(text).map(JSONValue.integer) ?? .null
        case .text, .choice: .string(text)
        }
    }
}

extension Knob.Kind {
    /// What may be given, in words.
    package var expectation: String {
        switch self {
        case .flag: "true or false"
        case .share: "a share from 0 to 1"
        case .number: "a number of 0 or more"
        case .wholeNumber: "a whole number of 0 or more"
        case .text: "a text of at most 200 bytes"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        }
    }
}
