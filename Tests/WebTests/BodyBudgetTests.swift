import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Web

struct BodyBudgetTests {
    private struct Gone: Error {}

    private func request(
        _ pieces: AsyncThrowingStream<ByteBuffer, any Error>, length: Int? = nil
    ) -> Request {
        var head = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/")
        if let length { head.headerFields[.contentLength] = String(length) }
        return Request(head: head, body: .init(asyncSequence: pieces))
    }

    private func request(_ texts: String..., length: Int? = nil) -> Request {
        request(
            AsyncThrowingStream { stream in
                for text in texts { stream.yield(ByteBuffer(string: text)) }
                stream.finish()
            }, length: length)
    }

    private func code(_ body: () async throws -> Void) async -> WebProblem.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? WebProblem)?.code
        }
    }

    @Test func `a body is read whole, and its room is free afterwards`() async throws {
        let budget = BodyBudget(bytesMax: 10)
        let text = try await budget.read(request("hello", " you"), upTo: 9) { buffer in
            #expect(budget.bytes == 9)
            return String(buffer: buffer)
        }
        #expect(text == "hello you")
        #expect(budget.bytes == 0)
    }

    @Test func `a byte too many is refused, announced or not`() async {
        let budget = BodyBudget(bytesMax: 100)
        #expect(
            await code { try await budget.read(request("12345", "6"), upTo: 5) { _ in } }
                == .tooLarge)
        #expect(
            await code { try await budget.read(request("12345", length: 6), upTo: 5) { _ in } }
                == .tooLarge)
        #expect(budget.bytes == 0)
    }

    @Test func `whoever does not fit beside the others is told to come again`() async {
        let budget = BodyBudget(bytesMax: 10)
        let (pieces, stream) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        stream.yield(ByteBuffer(string: "123456"))
        async let first: Int = budget.read(request(pieces), upTo: 8) { $0.readableBytes }
        while budget.bytes < 6 { await Task.yield() }
        #expect(await code { try await budget.read(request("12345"), upTo: 8) { _ in } } == .busy)
        #expect(await code { try await budget.read(request("1234"), upTo: 8) { _ in } } == nil)
        stream.yield(ByteBuffer(string: "78"))
        stream.finish()
        #expect((try? await first) == 8)
        #expect(budget.bytes == 0)
    }

    @Test func `a body that breaks off is the client's mistake, and its room is free`() async {
        let budget = BodyBudget(bytesMax: 10)
        let pieces = AsyncThrowingStream<ByteBuffer, any Error> { stream in
            stream.yield(ByteBuffer(string: "123"))
            stream.finish(throwing: Gone())
        }
        #expect(
            await code { try await budget.read(request(pieces), upTo: 8) { _ in } } == .badRequest)
        #expect(budget.bytes == 0)
    }

    @Test func `a form that anybody may send takes sixteen kilobytes`() async throws {
        let world = try WebWorld()
        let padding = String(repeating: "x", count: Doorkeeper.openFormBytesMax)
        try await world.browse(as: nil) { browser async throws in
            let large = try await browser.post("/language", [("language", "pl"), ("x", padding)])
            #expect(large.status == .contentTooLarge)
        }
    }
}
