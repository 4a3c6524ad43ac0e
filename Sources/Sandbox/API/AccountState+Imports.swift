/// The bulk importer: taking batches in, working them off, telling how they stand.
extension AccountState {
    /// Contacts one import may hold.
    static let importRowsMax = 250
    /// Bytes the body of one import may have.
    static let importBytesMax = 399_999

    mutating func answerImport(
        _ request: SandboxRequest, body: ImportBody?, at now: Double
    ) -> SandboxAnswer {
        let count = body?.rows?.count ?? 0
        guard gate.takeImport(isSingle: count == 1, at: now, knobs: knobs) else {
            tally.importsRejected += 1
            tally.note(count == 1 ? .singleImportRate : .importRate)
            let limit = count == 1 ? knobs.singleImportsPerMinute : knobs.importsPerMinute
            return Self.rejected(
                message: "Rate limit exceeded.",
                reasons: [
                    .string(
                        "Up to \(limit) imports may be requested per minute."
                            + "Please batch contacts into larger requests, "
                            + "or retry this request in a minute.")
                ])
        }
        guard request.body.count <= Self.importBytesMax else {
            return reject(.tooManyBytes, "Payload may not exceed 399999 bytes")
        }
        guard let body else { return reject(.malformedBody, "Invalid or unparsable json") }
        guard let rows = body.rows, !rows.isEmpty else {
            return reject(.malformedBody, "Field 'contacts' not found")
        }
        guard rows.count <= Self.importRowsMax else {
            return reject(.tooManyRows, "Up to 250 contacts may be included in a single request.")
        }
        if let rejection = rejectionOfRows(rows) { return rejection }
        noteHabits(of: rows)
        return queue(rows, callback: body.callback, at: now)
    }

    private mutating func reject(_ violation: Violation, _ reason: String) -> SandboxAnswer {
        tally.note(violation)
        tally.importsRejected += 1
        return Self.rejected(message: Self.invalidPayload, reasons: [.string(reason)])
    }

    private static let invalidPayload =
        "JSON payload did not pass validation. Please fix failureReasons and retry. "
        + "The import was not queued for processing."

    private static func rejected(message: String, reasons: [JSONValue]) -> SandboxAnswer {
        SandboxAnswer(
            400, ["success": 0, "message": .string(message), "failureReasons": .array(reasons)])
    }

    /// One malformed contact rejects the whole batch; positions count from 1.
    private mutating func rejectionOfRows(_ rows: [ImportRow]) -> SandboxAnswer? {
        let poison = Address.normalized(knobs.poison)
        var reasons: [JSONValue] = []
        var isPoisoned = false
        for (index, row) in rows.enumerated() {
            if let flaw = row.flaw {
                tally.note(.malformedRow)
                reasons.append([
                    "contact": .integer(index + 1), "failureReason": .string(flaw.reason),
                ])
            } else if !poison.isEmpty, row.email.contains(poison) {
                isPoisoned = true
                if knobs.poisonNamed {
                    reasons.append([
                        "contact": .integer(index + 1),
                        "failureReason": "Field 'email' incorrect format",
                    ])
                }
            }
        }
        guard isPoisoned || !reasons.isEmpty else { return nil }
        if reasons.isEmpty { reasons = ["Field 'email' incorrect format"] }
        tally.importsRejected += 1
        return Self.rejected(message: Self.invalidPayload, reasons: reasons)
    }

    private mutating func noteHabits(of rows: [ImportRow]) {
        var seen: Set<String> = []
        seen.reserveCapacity(rows.count)
        for row in rows {
            if !seen.insert(row.email).inserted { tally.note(.duplicateInBatch) }
            if row.hasCamelCase { tally.note(.camelCase) }
            for field in row.fields where !catalog.hasField(field.id) { tally.note(.unknownField) }
            for list in row.subscribe where !catalog.hasList(list) { tally.note(.unknownList) }
            for list in row.unsubscribe where !catalog.hasList(list) { tally.note(.unknownList) }
        }
    }

    private mutating func queue(
        _ rows: [ImportRow], callback: ImportCallback?, at now: Double
    ) -> SandboxAnswer {
        let isExcluding = !exclusions.entries.isEmpty
        let excluded = isExcluding ? rows.map(\.email).filter(exclusions.covers) : []
        let kept = excluded.isEmpty ? rows : rows.filter { !exclusions.covers($0.email) }
        var batch = ImportBatch(
            id: random.uuid(), rows: kept, rowCount: rows.count, excluded: excluded,
            callback: callback, submitted: now)
        if random.happens(knobs.failedBatches) {
            batch.fate = .failed
        } else if random.happens(knobs.interruptedBatches) {
            batch.fate = .interrupted
        }
        batch.showsArrays = !random.happens(knobs.infoWithoutArrays)
        tally.importsSubmitted += 1
        tally.contactsSubmitted += rows.count
        tally.note(.addressInFlight, times: imports.submit(batch))
        return SandboxAnswer(
            200,
            .object([
                .init(name: knobs.successSpelling.rawValue, value: 1),
                .init(name: "queued_contacts", value: .integer(kept.count)),
                .init(name: "batchId", value: .string(batch.id)),
                .init(name: "message", value: "Contact import queued"),
            ]))
    }

    // MARK: Working a batch off

    mutating func finishBatch(_ number: Int) {
        let batch = imports.batches[number]
        let rows = imports.takeRows(of: number)
        let end = batch.work.upperBound
        var success: [Int32] = []
        var failure = batch.excluded.map { (address: $0, reason: "It is on exclusion list") }
        let written: Int =
            switch batch.fate {
            case .failed: 0
            case .interrupted: rows.count / 2
            case .waiting, .active, .completed: rows.count
            }
        if batch.fate == .failed { failure = [] }
        success.reserveCapacity(written)
        var seen: Set<String> = []
        for row in rows.prefix(written) {
            let isRepeated = !seen.insert(row.email).inserted
            if isRepeated, knobs.duplicateRows == .first { continue }
            switch write(row, at: end) {
            case .success(let contact):
                guard !isRepeated, contact.isNew || knobs.successIDs == .all else { continue }
                success.append(Int32(contact.id))
            case .failure(let refusal): failure.append((row.email, refusal.rawValue))
            }
        }
        imports.settle(number, as: batch.fate, success: success, failure: failure)
        if let callback = batch.callback {
            dueCallbacks.append(
                DueCallback(
                    callback: callback, batchID: batch.id, successCount: success.count,
                    failure: failure))
        }
    }

    private enum Refusal: String, Error {
        case bounced = "Email address is on the bounced list"
        case unsubscribed = "Contact previously unsubscribed from the list"
        case overLimit = "Contact limit exceeded"
    }

    private mutating func write(
        _ row: ImportRow, at now: Double
    ) -> Result<(id: Int, isNew: Bool), Refusal> {
        if !bounces.isEmpty, bounces.contains(row.email) { return .failure(.bounced) }
        let known = book.id(of: row.email)
        var subscribe = row.subscribe.filter(catalog.hasList)
        if let known {
            let barred = subscribe.filter { isOptedOut(known, of: $0) }
            if !barred.isEmpty {
                if knobs.optOutEffect == .fail { return .failure(.unsubscribed) }
                subscribe.removeAll { barred.contains($0) }
            }
        }
        let isActive = known.flatMap { book[$0] }.map { $0.activeLists > 0 } ?? false
        if !isActive, !subscribe.isEmpty, book.activeCount >= knobs.contactLimit {
            return .failure(.overLimit)
        }
        let id = known ?? book.create(row.email, at: now)
        book.update(
            id, firstName: row.firstName, lastName: row.lastName, phone: row.phone,
            organization: row.organization, at: now)
        for field in row.fields where catalog.hasField(field.id) {
            book.setValue(field.value, of: id, field: field.id, at: now)
        }
        for name in row.tags where !name.isEmpty {
            book.addTag(book.tagID(of: name).id, to: id, at: now)
        }
        for list in subscribe where book.membership(of: id, on: list)?.status != .active {
            book.setStatus(.active, of: id, on: list, at: now)
        }
        for list in row.unsubscribe
        where catalog.hasList(list) && book.membership(of: id, on: list)?.status != .unsubscribed {
            book.setStatus(.unsubscribed, of: id, on: list, at: now)
        }
        return .success((id, known == nil))
    }

    private func isOptedOut(_ id: Int, of list: Int) -> Bool {
        guard let membership = book.membership(of: id, on: list),
            membership.status == .unsubscribed
        else { return false }
        return knobs.optOutScope == .any || membership.byPerson
    }

    // MARK: Status

    func answerImportInfo(_ request: SandboxRequest, at now: Double) -> SandboxAnswer {
        guard let id = request.parameter("batchId"), !id.isEmpty else {
            return SandboxAnswer(
                400, ["success": 0, "message": "'batchId' is a required field."])
        }
        guard let batch = imports.batch(id) else {
            return switch knobs.unknownBatch {
            case .notYet: SandboxAnswer(200, ["status": false, "success": [], "failure": []])
            case .notFound: SandboxAnswer(404, Self.notFound)
            }
        }
        let word = imports.status(of: batch, at: now, knobs: knobs)
        let status = word.map(JSONValue.string) ?? false
        guard batch.showsArrays else { return SandboxAnswer(200, ["status": status]) }
        return SandboxAnswer(
            200,
            [
                "status": status,
                "success": .array(batch.success.map { .string(String($0)) }),
                "failure": .array(batch.failure.map { .string($0.address) }),
            ])
    }

    func answerImportSummary(at now: Double) -> SandboxAnswer {
        var outstanding: [String: (batches: Int, contacts: Int)] = [:]
        var completed: [String: (batches: Int, contacts: Int)] = [:]
        for batch in imports.batches where batch.submitted > now - 7 * 86_400 {
            let day = String(Timestamps.local(batch.submitted).prefix(10))
            switch batch.state {
            case .waiting, .active:
                outstanding[day, default: (0, 0)].batches += 1
                outstanding[day, default: (0, 0)].contacts += batch.rowCount
            case .completed, .failed, .interrupted:
                completed[day, default: (0, 0)].batches += 1
                completed[day, default: (0, 0)].contacts += batch.rowCount
            }
        }
        func days(_ counts: [String: (batches: Int, contacts: Int)]) -> JSONValue {
            .array(
                counts.sorted { $0.key > $1.key }.map { day, count in
                    [
                        "forDate": .string(day), "batches": .string(String(count.batches)),
                        "contacts": .string(String(count.contacts)),
                    ]
                })
        }
        return SandboxAnswer(
            200, ["outstanding": days(outstanding), "recentlyCompleted": days(completed)])
    }
}
