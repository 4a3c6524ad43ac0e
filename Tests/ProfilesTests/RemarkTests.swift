import Foundation
import Profiles
import Testing

struct RemarkTests {
    @Test(arguments: [
        Remark("stopped-unsent", [:]),
        Remark("too-many-people", ["people": 3, "limit": 2]),
        Remark(
            "not-found",
            [
                "noun": .word("segment"), "name": "Ki\u{301}", "nearest": .text("“Kí”"),
                "names": .names(["a", "b"]), "other": .choices(["c"]), "path": .chain(["d", "e"]),
                "at": .moment(1_000),
            ]),
        Remark(written: "The account said: no."),
        Remark(written: #"{"code":"looks-like-one"}"#),
    ])
    func `a remark is read from its column as it was written`(_ remark: Remark) {
        #expect(Remark(stored: remark.stored) == remark)
    }

    @Test(arguments: ["Too many leave.", "", "{", #"{"facts":{}}"#, #"{"code":1}"#])
    func `a sentence of older days is shown as it was written`(_ sentence: String) {
        #expect(Remark(stored: sentence) == Remark(written: sentence))
    }

    @Test func `an answer holds the sentence, which whoever asked reads`() throws {
        struct Answer: Codable {
            let detail: Remark
        }
        let encoder = JSONEncoder()
        encoder.userInfo[RemarkWords.key] = RemarkWords { "Sentence of \($0.refusalCode)." }
        let bytes = try encoder.encode(Answer(detail: Remark("run-held", ["run": "7"])))
        let read = try JSONDecoder().decode(Answer.self, from: bytes)
        #expect(read.detail == Remark(written: "Sentence of run-held."))
    }
}
