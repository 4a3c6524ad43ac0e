import Testing

@testable import Transport

struct HostAddressTests {
    @Test(
        arguments: [
            [8, 8, 8, 8], [9, 255, 255, 255], [11, 0, 0, 0], [100, 63, 255, 255], [100, 128, 0, 0],
            [126, 255, 255, 255], [128, 0, 0, 0], [169, 253, 255, 255], [169, 255, 0, 0],
            [172, 15, 255, 255], [172, 32, 0, 0], [192, 167, 255, 255], [192, 169, 0, 0],
            [192, 0, 1, 0], [198, 17, 255, 255], [198, 20, 0, 0], [223, 255, 255, 255],
        ] as [[UInt8]])
    func `a public address is allowed`(address: [UInt8]) {
        #expect(HostAddress.isAllowed(address, allowsLoopback: false))
        #expect(HostAddress.isAllowed(mapped(address), allowsLoopback: false))
    }

    @Test(
        arguments: [
            [0, 0, 0, 0], [0, 1, 2, 3], [10, 0, 0, 0], [10, 255, 255, 255], [100, 64, 0, 0],
            [100, 127, 255, 255], [169, 254, 169, 254], [172, 16, 0, 0], [172, 31, 255, 255],
            [192, 0, 0, 8], [192, 168, 0, 1], [198, 18, 0, 0], [198, 19, 255, 255],
            [224, 0, 0, 1], [239, 1, 1, 1], [240, 0, 0, 1], [255, 255, 255, 255],
        ] as [[UInt8]])
    func `an address no account can have is refused, loopback allowed or not`(address: [UInt8]) {
        for allowsLoopback in [false, true] {
            #expect(!HostAddress.isAllowed(address, allowsLoopback: allowsLoopback))
            #expect(!HostAddress.isAllowed(mapped(address), allowsLoopback: allowsLoopback))
        }
    }

    @Test(arguments: [[127, 0, 0, 1], [127, 255, 255, 254]] as [[UInt8]])
    func `an address of this machine is refused unless it is allowed`(address: [UInt8]) {
        for bytes in [address, mapped(address), [UInt8](repeating: 0, count: 15) + [1]] {
            #expect(!HostAddress.isAllowed(bytes, allowsLoopback: false))
            #expect(HostAddress.isAllowed(bytes, allowsLoopback: true))
        }
    }

    @Test func `of the newer addresses only global ones are allowed`() {
        #expect(HostAddress.isAllowed(v6(0x2A, 0x00), allowsLoopback: false))
        #expect(HostAddress.isAllowed(v6(0x26, 0x06), allowsLoopback: false))
        for prefix in [
            (0x00, 0x64), (0xFC, 0x00), (0xFD, 0x12), (0xFE, 0x80), (0xFF, 0x02),
        ] {
            let address = v6(UInt8(prefix.0), UInt8(prefix.1))
            #expect(!HostAddress.isAllowed(address, allowsLoopback: true))
        }
        #expect(!HostAddress.isAllowed([UInt8](repeating: 0, count: 16), allowsLoopback: true))
    }

    @Test func `a newer address that wraps a private one is refused`() {
        // 6to4 carries the older address in its first bytes.
        let wrapped: [UInt8] = [0x20, 0x02, 10, 0, 0, 1] + [UInt8](repeating: 0, count: 10)
        #expect(!HostAddress.isAllowed(wrapped, allowsLoopback: false))
    }

    @Test func `a newer address that tunnels is refused, and its neighbours are not`() {
        // Teredo is 2001:0::/32.
        let tail = [UInt8](repeating: 0, count: 11) + [1]
        #expect(!HostAddress.isAllowed([0x20, 0x01, 0, 0] + tail, allowsLoopback: true))
        #expect(HostAddress.isAllowed([0x20, 0x01, 0, 1] + tail, allowsLoopback: false))
        #expect(HostAddress.isAllowed([0x20, 0x03, 0, 0] + tail, allowsLoopback: false))
    }

    @Test(arguments: [0, 3, 5, 15, 17])
    func `what is no address is refused`(count: Int) {
        let bytes = [UInt8](repeating: 8, count: count)
        #expect(!HostAddress.isAllowed(bytes, allowsLoopback: true))
    }

    @Test(arguments: ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "fe80::1"])
    func `a host that leads inside is refused by its address`(host: String) async throws {
        let error = try #require(throws: TransportError.self) {
            try HostAddress.resolve(host, allowsLoopback: false)
        }
        #expect(error.code == .addressForbidden)
        #expect(!error.mayHaveArrived)
        let sameElsewhere = try await #require(throws: TransportError.self) {
            try await HostAddress.lookUp(host, allowsLoopback: false)
        }
        #expect(sameElsewhere.code == .addressForbidden)
    }

    @Test func `a loopback host is resolved where that is allowed`() async throws {
        #expect(try HostAddress.resolve("127.0.0.1", allowsLoopback: true) == "127.0.0.1")
        let found = try await HostAddress.lookUp("127.0.0.1", allowsLoopback: true)
        #expect(found == "127.0.0.1")
    }

    private func mapped(_ address: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address
    }

    private func v6(_ first: UInt8, _ second: UInt8) -> [UInt8] {
        [first, second] + [UInt8](repeating: 0, count: 13) + [1]
    }
}
