import Foundation
import Profiles
import Testing

struct ProfileImportFileTests {
    @Test func `a pipe is read twice by way of a file without a name`() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("id,name\n1,A\n".utf8))
        try pipe.fileHandleForWriting.close()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        let fixture = try ProfileImportFixture()
        #expect(try fixture.load(path: path, ImportOptions(key: "id")).added == 1)
    }
}
