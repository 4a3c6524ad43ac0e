/// What a cell means for an attribute; valid until the reader moves on.
package enum CellValue {
    /// The row does not speak of the attribute, which stays as it is.
    case missing
    /// The profile has no such value.
    case absent
    /// Trimmed, in NFC and not empty.
    case text(UnsafeBufferPointer<UInt8>)
    /// The same, in bytes of its own because it had to be composed.
    case composed([UInt8])
    case number(Double)
    case boolean(Bool)
    case date(CalendarDay)
    case timestamp(Timestamp)
    /// The cell does not fit the kind of the attribute.
    case misfit
}

extension CellValue {
    /// The value as profiles hold it; nil when there is none.
    package var attributeValue: AttributeValue? {
        switch self {
        case .missing, .absent, .misfit: nil
        case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
        case .composed(let bytes): .text(String(decoding: bytes, as: UTF8.self))
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .date(let day): .date(day)
        case .timestamp(let timestamp): .timestamp(timestamp)
        }
    }
}

/// How the cells of one column become values. White space around a cell never counts; a blank cell and
/// one that holds exactly a text that means absent are absent.
package struct CellConversion: Sendable {
    /// The kind of the attribute.
    package let kind: AttributeKind
    /// The order in which dates are read that have not the year in front.
    package let dateOrder: DateOrder?
    private let nullTexts: NullTexts

    /// Without a date order, only dates whose order needs no decision fit.
    package init(kind: AttributeKind, dateOrder: DateOrder?, nullTexts: [String]) {
        self.kind = kind
        self.dateOrder = dateOrder
        self.nullTexts = NullTexts(nullTexts)
    }

    /// What the cell means; `.misfit` when it does not fit the kind.
    package func value(of cell: Cell) -> CellValue {
        switch cell.form {
        case .missing: return .missing
        case .null: return .absent
        case .delimited, .text, .number, .boolean: break
        }
        let bytes = TextForm.trimmed(cell.bytes)
        if bytes.isEmpty || nullTexts.contains(bytes) { return .absent }
        switch kind {
        case .text:
            return TextForm.isSurelyComposed(bytes)
                ? .text(bytes) : .composed(TextForm.composed(bytes))
        case .number:
            let number =
                cell.form == .number ? NumberText.json(bytes) : NumberText.number(bytes)
            return number.map { .number($0) } ?? .misfit
        case .boolean:
            return BooleanText.declaredBoolean(bytes).map { .boolean($0) } ?? .misfit
        case .date:
            return DateText(bytes).flatMap { day(of: $0) }.map { .date($0) } ?? .misfit
        case .timestamp:
            if let timestamp = Timestamp(utf8: bytes) { return .timestamp(timestamp) }
            return CalendarDay(utf8: bytes).map { .timestamp(Timestamp(startOf: $0)) } ?? .misfit
        }
    }

    private func day(of text: DateText) -> CalendarDay? {
        if let dateOrder { return text.day(dateOrder) }
        let day = text.day(.monthFirst)
        return day == text.day(.dayFirst) ? day : nil
    }
}

/// The texts that mean absent.
struct NullTexts: Sendable {
    private let texts: [[UInt8]]

    init(_ texts: [String]) {
        self.texts = texts.map { text in
            var text = text
            return text.withUTF8 { Array(TextForm.trimmed($0)) }
        }
    }

    func contains(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for text in texts where text.count == bytes.count {
            if text.elementsEqual(bytes) { return true }
        }
        return false
    }
}
