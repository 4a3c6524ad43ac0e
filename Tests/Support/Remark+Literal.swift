package import Profiles

/// Tests that only carry a remark along write it as a sentence.
extension Remark: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(written: text) }
}
