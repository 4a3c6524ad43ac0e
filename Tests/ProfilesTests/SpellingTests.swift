import Profiles
import Testing

struct SpellingTests {
    private let names = ["CustomerKey", "EmailAddress", "LastName", "Age", "X"]

    @Test(
        arguments: zip(
            ["customerkey", "CustomreKey", "EmailAdress", "lastnme", "Aeg"],
            ["CustomerKey", "CustomerKey", "EmailAddress", "LastName", "Age"]))
    func `a slip is recognised`(slip: String, meant: String) {
        #expect(Spelling.nearest(to: slip, among: names) == meant)
    }

    @Test(arguments: ["", "q", "Phone", "Something else altogether"])
    func `what is not alike is not offered`(name: String) {
        #expect(Spelling.nearest(to: name, among: names) == nil)
    }

    @Test func `no candidates give no suggestion`() {
        #expect(Spelling.nearest(to: "a", among: []) == nil)
    }
}
