package import Exports
package import Profiles
package import Segments
package import Store

/// Why an export cannot be planned as it stands; its run is skipped with this reason.
package struct PlanRefusal: Refusing, Equatable {
    /// Stable codes, which are also the reasons of runs.
    package enum Code: String, CaseIterable, Sendable {
        case noConnection = "no-connection"
        case segmentMissing = "segment-missing"
        case segmentInactive = "segment-inactive"
        case attributeMissing = "attribute-missing"
    }

    package let code: Code
    package let facts: Facts

    package init(_ code: Code, _ facts: Facts) {
        self.code = code
        self.facts = facts
    }

    package var refusalCode: String { code.rawValue }
}

/// Makes plans: streams the members and the ledger past each other.
package struct Planner: Sendable {
    package let catalog: Catalog
    package let engine: any ProfileEngine
    /// The moment rules are evaluated at.
    package let moment: Timestamp

    /// Members between two reports of progress, and looks at cancellation.
    private static let stride = 10_000

    package init(catalog: Catalog, engine: any ProfileEngine, moment: Timestamp) {
        self.catalog = catalog
        self.engine = engine
        self.moment = moment
    }

    /// Hooks of long work.
    package struct Watch {
        package let progress: (_ members: Int) -> Void
        package let isCancelled: @Sendable () -> Bool

        package init(
            progress: @escaping (Int) -> Void = { _ in },
            isCancelled: @escaping @Sendable () -> Bool = { false }
        ) {
            self.progress = progress
            self.isCancelled = isCancelled
        }

        /// A plan takes as long as it takes; the engine asks all the while whether it is still wanted, also
        /// before it gives the first member.
        var limits: CallLimits { CallLimits(isCancelled: isCancelled) }
    }

    /// Plans without writing anything; `observe` sees every row. Blocks for as long as it takes. Throws
    /// `PlanRefusal`, `RuleTextError`, `EngineError`, `CancellationError`, and what `observe` throws.
    package func rehearse(
        _ export: Export, wire: any WireFormat, watch: Watch = Watch(),
        observe: @escaping (PlanRow) throws -> Void = { _ in }
    ) throws -> PlanSummary {
        let query = try query(for: export, watch.limits)
        return try catalog.ledger.readLedger(of: export) { ledger in
            try merge(
                export, query: query, wire: wire, ledger: ledger, watch: watch, emit: { _ in },
                observe: observe)
        }
    }

    /// Plans a run and stores its batches, in one transaction. Blocks for as long as it takes. Throws
    /// `PlanRefusal` for an export that cannot be planned, `AccountsDiffer` for a plan whose numbers are not those
    /// of the people in it, `RuleTextError`, `EngineError`, `CancellationError`, and trouble of the catalog.
    package func plan(
        _ run: Run.ID, of export: Export, wire: any WireFormat, watch: Watch = Watch()
    ) throws -> PlanSummary {
        let query = try query(for: export, watch.limits)
        return try catalog.ledger.writePlan(of: run, export: export) { writer in
            let summary = try merge(
                export, query: query, wire: wire, ledger: writer.ledger, watch: watch,
                emit: writer.store, observe: writer.store)
            try writer.compare(with: summary)
            return summary
        }
    }

    private func merge(
        _ export: Export, query: MemberQuery, wire: any WireFormat, ledger: LedgerReader,
        watch: Watch, emit: @escaping (PlanPacker.Packed) throws -> Void,
        observe: @escaping (PlanRow) throws -> Void
    ) throws -> PlanSummary {
        var packer = PlanPacker(wire: wire)
        var machine = PlanMachine(
            export: export, keyRule: wire.keyRule,
            isClaimedElsewhere: ledger.isClaimedElsewhere,
            nextLedgerRow: ledger.next,
            emit: { row in try observe(packer.add(row, emit: emit)) })
        var members = 0
        try engine.reading.forEachMember(query, watch.limits) { member in
            try machine.add(member)
            members += 1
            guard members % Self.stride == 0 else { return }
            if watch.isCancelled() { throw CancellationError() }
            watch.progress(members)
        }
        try machine.finish()
        try packer.finish(emit: emit)
        watch.progress(members)
        return try Self.compared(packer.summary, members: members)
    }

    /// The numbers of a plan, when its groups hold everyone who was read.
    private static func compared(_ plan: PlanSummary, members: Int) throws -> PlanSummary {
        guard plan.members == members else {
            throw AccountsDiffer(members: members, planned: plan.members)
        }
        return plan
    }

    /// The members of all segments of an export together, each profile once. Throws `PlanRefusal`
    /// for a segment that is not there or not active and an attribute that is not there,
    /// `RuleTextError`, `EngineError`, `CancellationError`, and trouble of the catalog.
    package func query(
        for export: Export, _ limits: CallLimits
    ) throws -> MemberQuery {
        let schema = try engine.reading.schema(limits)
        let segments = try catalog.setup.segments()
        let library = SegmentLibrary(segments)
        var predicates: [Predicate] = []
        for name in export.segments {
            guard let segment = library.segment(named: name) else {
                throw PlanRefusal(.segmentMissing, ["segment": .text(name)])
            }
            guard segment.state == .active else {
                throw PlanRefusal(.segmentInactive, ["segment": .text(segment.name)])
            }
            predicates.append(
                try Self.predicate(of: segment, schema: schema, library: library, moment: moment))
        }
        return MemberQuery(
            predicate: Predicate.disjunction(predicates),
            email: try Self.attribute(export.mapping.email, in: schema),
            columns: try export.mapping.columns.map { target, name in
                (ValueList.header(of: target), try Self.attribute(name, in: schema))
            },
            constants: export.constantValues.bytes)
    }

    /// What makes a profile a member of a segment, now.
    package static func predicate(
        of segment: Segment, schema: ProfileSchema, library: SegmentLibrary, moment: Timestamp
    ) throws(RuleTextError) -> Predicate {
        switch segment.definition {
        case .static: .memberOf(segment.id)
        case .dynamic(let text):
            try resolve(text, of: segment, schema: schema, library: library, moment: moment)
        }
    }

    private static func resolve(
        _ text: String, of segment: Segment, schema: ProfileSchema, library: SegmentLibrary,
        moment: Timestamp
    ) throws(RuleTextError) -> Predicate {
        do {
            return try Rule(parsing: text).resolved(
                schema: schema, segments: library, now: moment, as: segment.name)
        } catch {
            throw error.inText(text)
        }
    }

    private static func attribute(_ name: String, in schema: ProfileSchema) throws -> Attribute {
        if let attribute = schema.attribute(named: name) { return attribute }
        throw PlanRefusal(.attributeMissing, ["attribute": .text(name)])
    }
}
