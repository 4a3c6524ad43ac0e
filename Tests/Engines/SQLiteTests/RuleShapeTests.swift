import Profiles
import RuleSQL
import Segments
import Testing

/// Rules of unusual shapes.
@Suite struct RuleShapeTests {
    private static let number = Attribute(name: "Number", kind: .number)
    private static let text = Attribute(name: "Text", kind: .text)

    struct Shape: CustomTestStringConvertible, Sendable {
        let name: String
        let predicate: Predicate
        var testDescription: String { name }

        static func leaf(_ number: Int) -> Predicate {
            .value(RuleShapeTests.number, .compares(.equal, .number(Double(number))))
        }

        /// `1 and (1 or (1 and (…)))`, with `width` conditions on each level.
        static func ladder(_ depth: Int, width: Int = 1, end: Predicate = leaf(0)) -> Predicate {
            (0..<depth).reduce(end) { inner, level in
                let sides = (0..<width).map { leaf(level + $0) }
                return level.isMultiple(of: 2) ? .any(sides + [inner]) : .all(sides + [inner])
            }
        }

        static func tree(_ depth: Int) -> Predicate {
            guard depth > 0 else { return leaf(depth) }
            let branches = [tree(depth - 1), tree(depth - 1)]
            return depth.isMultiple(of: 2) ? .all(branches) : .any(branches)
        }

        static func negations(_ depth: Int) -> Predicate {
            (0..<depth).reduce(leaf(0)) { inner, level in
                .not(level.isMultiple(of: 2) ? .any([leaf(level), inner]) : inner)
            }
        }

        /// A ladder whose sides are ladders whose sides are ladders.
        static func ladders(_ order: Int, rungs: Int) -> Predicate {
            guard order > 0 else { return leaf(order) }
            return (0..<rungs).reduce(leaf(0)) { inner, level in
                let side = ladders(order - 1, rungs: rungs)
                return level.isMultiple(of: 2) ? .any([side, inner]) : .all([side, inner])
            }
        }
    }

    @Test(arguments: [
        Shape(name: "a wide rule", predicate: .any((0..<10_000).map(Shape.leaf))),
        Shape(name: "a deep ladder", predicate: Shape.ladder(400)),
        Shape(name: "a deep and wide ladder", predicate: Shape.ladder(300, width: 30)),
        Shape(name: "a full tree", predicate: Shape.tree(13)),
        Shape(name: "negations", predicate: Shape.negations(400)),
        Shape(name: "ladders on ladders", predicate: Shape.ladders(2, rungs: 90)),
        Shape(name: "ladders on ladders on ladders", predicate: Shape.ladders(3, rungs: 20)),
        Shape(name: "six orders of ladders", predicate: Shape.ladders(6, rungs: 4)),
        Shape(
            name: "members far below",
            predicate: Shape.ladder(
                100, end: .all([.memberOf(1), .not(.memberOf(2)), Shape.leaf(1)]))),
        Shape(
            name: "members on every level",
            predicate: (0..<100).reduce(.memberOf(1)) {
                $1.isMultiple(of: 2) ? .any([.memberOf(2), $0]) : .not(.all([$0, .memberOf(3)]))
            }),
        Shape(
            name: "a ladder of trees",
            predicate: (0..<60).reduce(Shape.tree(6)) { inner, level in
                level.isMultiple(of: 2)
                    ? .any([Shape.tree(6), inner]) : .not(.all([inner, Shape.tree(6)]))
            }),
        Shape(
            name: "thirty thousand values",
            predicate: .any(
                (0..<1_000).map { start in
                    .value(number, .oneOf((0..<30).map { .number(Double(start * 30 + $0)) }))
                })),
    ])
    func `SQLite takes any shape of rule, and answers as the plain evaluator`(
        _ shape: Shape
    ) throws {
        let profiles = (0..<12).map { index in
            Profile(
                id: String(index), changedAt: Timestamp(milliseconds: 0),
                values: index == 11 ? [:] : ["Number": .number(Double(index))])
        }
        let table = try ProfileTable(profiles)
        let expected = profiles.filter {
            shape.predicate.matches($0, isMember: ProfileTable.isMember($0))
        }
        #expect(try table.members(of: shape.predicate) == expected.map(\.id))
    }
}
