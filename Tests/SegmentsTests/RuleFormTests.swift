import Profiles
import Segments
import Testing

@Suite struct RuleFormTests {
    private func form(_ text: String) throws -> RuleForm {
        RuleForm(try Rule(parsing: text))
    }

    private func meaning(_ form: RuleForm) -> RuleForm.Meaning {
        form.meaning(schema: Example.schema, segments: Example.library, now: Example.now)
    }

    private func row(
        _ attribute: String, _ comparison: RuleFormOperator, _ values: [RuleFormValue],
        part: CalendarPart? = nil
    ) -> RuleForm {
        RuleForm(
            root: .init(entries: [
                .condition(
                    .init(
                        attribute: attribute, part: part, comparison: comparison, values: values))
            ]))
    }

    @Test(arguments: UInt64(0)..<20)
    func `a random rule has a form that stands for the same rule`(seed: UInt64) throws {
        var rules = RandomRules(seed: seed &+ 7_000)
        for index in 0..<100 {
            let rule = rules.rule()
            let reading = RuleForm(rule).reading
            try #require(reading.rule == rule, "seed \(seed), rule \(index): \(rule)")
            let text = try #require(reading.rule?.description)
            try #require(try RuleForm(Rule(parsing: text)).reading.rule == rule)
        }
    }

    @Test func `a row stands at the top of the form as in a group of one`() throws {
        #expect(
            try form("AnnualIncome >= 90000")
                == row("AnnualIncome", .init(.atLeast), [.init(.number, "90000")]))
        #expect(
            try form("month of BirthDate not in (1, 2)")
                == row(
                    "BirthDate", .init(.oneOf, isNegated: true),
                    [.init(.number, "1"), .init(.number, "2")], part: .month))
        #expect(
            try form("LastOrder within last 3 weeks")
                == row("LastOrder", .init(.withinLast), [.init(.number, "3", unit: .week)]))
        #expect(
            try form("BirthDate > today - 2 years")
                == row("BirthDate", .init(.greater), [.init(.beforeToday, "2", unit: .year)]))
    }

    @Test func `groups keep how they are joined and negated`() throws {
        let form = try form(
            "not (HomeOwner = true or not everyone) and (not in segment 'Guests' or TotalChildren > 0)"
        )
        #expect(form.root.junction == .all && !form.root.isNegated)
        let first = try #require(form.group(at: RuleFormPath([0])))
        #expect(first.junction == .any && first.isNegated)
        #expect(form[RuleFormPath([0, 1])] == .everyone(isNegated: true))
        #expect(form[RuleFormPath([1, 0])] == .segment(name: "Guests", isNegated: true))
        #expect(form.entryCount == 6 && form.depth == 2)
    }

    @Test func `a negation of a negation is a group of its own`() throws {
        let form = try form("not (not (HomeOwner = true))")
        #expect(form.root.isNegated && form.root.entries.count == 1)
        #expect(form.reading.rule?.description == "not (HomeOwner != true)")
    }

    // MARK: What is missing

    @Test(arguments: [
        (RuleFormValue(.number, ""), RuleFormProblem.valueMissing),
        (RuleFormValue(.number, "9o"), .noNumber), (RuleFormValue(.number, "0x10"), .noNumber),
        (RuleFormValue(.number, "1e999"), .noNumber), (RuleFormValue(.number, "inf"), .noNumber),
        (RuleFormValue(.boolean, "maybe"), .noTruth),
        (RuleFormValue(.date, "2024-02-30"), .noDate),
        (RuleFormValue(.time, "2024-02-03"), .noTime),
        (RuleFormValue(.beforeToday, "0"), .noAmount),
        (RuleFormValue(.afterToday, "100001"), .noAmount),
    ])
    func `a value that cannot be read is found at its row`(
        value: RuleFormValue, problem: RuleFormProblem
    ) {
        let form = row("X", .init(.equal), [value])
        #expect(form.reading.rule == nil)
        #expect(form.reading.findings == [.init(RuleFormPath([0]), problem)])
        #expect(meaning(form).predicate == nil)
    }

    @Test func `what is not filled in is found missing`() {
        #expect(RuleForm.blank.reading.findings == [.init(RuleFormPath([0]), .attributeMissing)])
        #expect(RuleForm().reading.findings == [.init(.root, .groupEmpty)])
        let between = row("AnnualIncome", .init(.between), [.init(.number, "1")])
        #expect(between.reading.findings == [.init(RuleFormPath([0]), .valueMissing)])
        #expect(between.reading.rule == nil)
        let span = row("BirthDate", .init(.withinLast), [.init(.number, "")])
        #expect(span.reading.findings == [.init(RuleFormPath([0]), .valueMissing)])
        var form = RuleForm()
        form.add(.segment(name: "", isNegated: true), to: .root)
        form.add(.group(.init(.any)), to: .root)
        #expect(
            form.reading.findings == [
                .init(RuleFormPath([0]), .segmentMissing), .init(RuleFormPath([1]), .groupEmpty),
            ])
        #expect(form.reading.findings.allSatisfy { $0.problem.isMissing })
    }

    @Test func `numbers are read as people type them`() {
        for (typed, number) in [(" 90_000 ", 90_000.0), ("-0", 0), ("1.5e3", 1_500), ("+2", 2)] {
            #expect(RuleFormValue(.number, typed).literal == .success(.number(number)))
        }
    }

    // MARK: Meaning

    @Test func `mistakes of the rule language stand at their rows`() throws {
        let form = try form(
            "AnualIncome > 1 and (HomeOwner = 'x' or in segment 'Gests') and ZIP = '1010'")
        let meaning = meaning(form)
        #expect(meaning.predicate == nil && meaning.rule != nil)
        #expect(
            meaning.findings.map(\.path)
                == [RuleFormPath([0]), RuleFormPath([1, 0]), RuleFormPath([1, 1])])
        guard case .mistake(let error)? = meaning.findings.first?.problem else {
            Issue.record("expected a mistake")
            return
        }
        #expect(error.suggestion == "AnnualIncome")
        #expect(Set(meaning.parts.keys) == [RuleFormPath([2])])
    }

    @Test func `every row and group has a meaning, and the whole the meaning of its rule`() throws {
        let text =
            "AnnualIncome > 1 and not (HomeOwner = true or in segment 'Guests') and everyone"
        let meaning = try meaning(form(text))
        #expect(meaning.findings.isEmpty)
        #expect(try meaning.predicate == Example.predicate(text))
        #expect(
            try meaning.parts[RuleFormPath([1])]
                == Example.predicate("not (HomeOwner = true or in segment 'Guests')"))
        #expect(meaning.parts[RuleFormPath([1, 1])] == .memberOf(2))
        #expect(meaning.parts[.root] == nil && meaning.parts.count == 5)
    }

    @Test func `a segment cannot use itself`() throws {
        let meaning = try form("in segment 'home owners'").meaning(
            schema: Example.schema, segments: Example.library, now: Example.now, as: "Home owners")
        #expect(meaning.findings.map(\.path) == [RuleFormPath([0])])
    }

    // MARK: Editing

    @Test func `paths have one text each`() {
        #expect(RuleFormPath("0") == .root)
        #expect(RuleFormPath("0.2.10") == RuleFormPath([2, 10]))
        #expect(RuleFormPath([2, 10]).description == "0.2.10")
        for text in ["", "1", "0.", "0.-1", "0.01", "0.x", "0..1", ".0", "0.+1"] {
            #expect(RuleFormPath(text) == nil, "\(text)")
        }
        #expect(RuleFormPath("0" + String(repeating: ".0", count: 200)) == nil)
    }

    @Test func `entries are added, replaced and removed where the path says`() throws {
        var form = try form("HomeOwner = true and (ZIP = '1' or ZIP = '2')")
        form.add(.everyone(isNegated: false), to: RuleFormPath([1]))
        #expect(form.group(at: RuleFormPath([1]))?.entries.count == 3)
        form[RuleFormPath([1, 0])] = nil
        form[RuleFormPath([1, 1])] = .segment(name: "Guests", isNegated: false)
        #expect(
            form.reading.rule?.description
                == "HomeOwner = true and (ZIP = '2' or in segment 'Guests')")
        let before = form
        form.add(.everyone(isNegated: false), to: RuleFormPath([0]))
        form[RuleFormPath([5])] = nil
        form[RuleFormPath([0, 0])] = nil
        #expect(form == before)
    }

    // MARK: Operators

    @Test func `every test of the rule language can be chosen, for a fitting attribute`() throws {
        let samples: [(AttributeKind, CalendarPart?, String)] = [
            (.text, nil, "FirstName"), (.number, nil, "AnnualIncome"), (.boolean, nil, "HomeOwner"),
            (.date, nil, "BirthDate"), (.timestamp, nil, "LastOrder"), (.date, .year, "BirthDate"),
        ]
        var reached: Set<RuleFormOperator.Test> = []
        for (kind, part, name) in samples {
            for comparison in RuleFormOperator.offered(for: kind, part: part) {
                #expect(comparison.fits(kind, part: part))
                #expect(RuleFormOperator(id: comparison.id) == comparison)
                reached.insert(comparison.test)
                let style = RuleFormValue.styles(for: kind, part: part)[0]
                let typed: [RuleFormValue.Style: String] = [
                    .text: "x", .number: "3", .boolean: "true", .date: "2024-01-01",
                ]
                let value = RuleFormValue(
                    comparison.isSpan ? .number : style,
                    comparison.isSpan ? "3" : try #require(typed[style]))
                let form = row(
                    name, comparison,
                    Array(repeating: value, count: comparison.valueCount ?? 1), part: part)
                #expect(meaning(form).findings == [], "\(name) \(comparison.id)")
                #expect(meaning(form).predicate != nil)
            }
        }
        #expect(reached == Set(RuleFormOperator.Test.allCases))
        #expect(RuleFormOperator(id: "like") == nil)
    }

    // MARK: Fitting

    @Test func `a row that fits its attribute stays as it is`() throws {
        for text in [
            "HomeOwner = true", "HomeOwner in (true, false)", "not (AnnualIncome < 3)",
            "FirstName < 'M' and ZIP between '1' and '2'", "year of LastOrder >= 2020",
            "LastOrder in (2024-01-01, 2024-01-01T10:00Z, today - 1 day)",
            "BirthDate not within next 2 months", "FirstName starts with 'J' ignoring case",
            "Unknown contains 3 and in segment 'Guests' and everyone",
        ] {
            let form = try form(text)
            #expect(form.fitted(to: Example.schema) == form, "\(text)")
        }
    }

    @Test func `a row whose attribute was changed keeps what it can`() {
        let typed = RuleForm.Condition(
            attribute: "X", comparison: .init(.contains), values: [.init(.text, "12")],
            ignoresCase: true)
        let number = typed.fitted(to: .number)
        #expect(number.comparison == .init(.equal) && !number.ignoresCase)
        #expect(number.values == [.init(.number, "12")])
        var list = typed
        list.comparison = .init(.oneOf)
        list.values = [.init(.text, "true"), .init(.text, "no")]
        #expect(list.fitted(to: .number).values.map(\.text) == ["true", "no"])
        var range = typed
        range.comparison = .init(.between)
        #expect(range.fitted(to: .date).values == [.init(.date, "12"), .init(.date)])
        let span = RuleForm.Condition(
            attribute: "X", part: .month, comparison: .init(.withinLast),
            values: [.init(.number, "3")])
        #expect(span.fitted(to: .date).comparison == .init(.equal))
        #expect(span.fitted(to: .text).part == nil)
    }
}
