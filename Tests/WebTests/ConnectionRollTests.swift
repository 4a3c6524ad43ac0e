import Synchronization
import Testing

@testable import Web

struct ConnectionRollTests {
    /// A roll, and who was closed.
    private final class World: Sendable {
        let roll: ConnectionRoll
        private let names = Mutex<[String]>([])

        init(_ inAll: Int, perAddress: Int) {
            var limits = ConnectionLimits()
            limits.connectionsMax = inAll
            limits.perAddressMax = perAddress
            roll = ConnectionRoll(limits)
        }

        var closed: [String] { names.withLock { $0 } }

        func admit(_ name: String, from address: String = "192.0.2.1") -> ConnectionRoll.Ticket? {
            roll.admit(from: address) { [self] in names.withLock { $0.append(name) } }
        }
    }

    @Test func `the connection that nobody has used for longest makes room`() throws {
        let world = World(3, perAddress: 3)
        let first = try #require(world.admit("first"))
        _ = try #require(world.admit("second"))
        _ = try #require(world.admit("third"))
        // The first one was used meanwhile.
        world.roll.note(first, .served)
        world.roll.note(first, .unused)
        #expect(world.admit("fourth") != nil)
        #expect(world.closed == ["second"])
        #expect(world.admit("fifth") != nil)
        #expect(world.closed == ["second", "third"])
        #expect(world.roll.count == 3)
        #expect(world.roll.closed[.madeRoom] == 2)
    }

    @Test func `a few that wait for their clients stay among many that are unused`() throws {
        let world = World(3, perAddress: 3)
        world.roll.note(try #require(world.admit("upload")), .held)
        for number in 1...20 { #expect(world.admit("idle \(number)") != nil) }
        #expect(world.closed == (1...18).map { "idle \($0)" })
    }

    @Test func `a newcomer stays among many that wait for their clients`() throws {
        let world = World(4, perAddress: 4)
        for number in 1...4 {
            world.roll.note(try #require(world.admit("slow \(number)")), .held)
        }
        _ = try #require(world.admit("newcomer"))
        world.roll.note(try #require(world.admit("slow 5")), .held)
        #expect(world.closed == ["slow 1", "slow 2"])
    }

    @Test func `nobody who is served is closed, and whoever comes then is not let in`() throws {
        let world = World(2, perAddress: 2)
        for name in ["a", "b"] {
            world.roll.note(try #require(world.admit(name)), .served)
        }
        #expect(world.admit("c") == nil)
        #expect(world.closed.isEmpty)
        #expect(world.roll.closed[.noRoom] == 1)
    }

    @Test func `an address that has its share closes its own, not those of others`() throws {
        let world = World(5, perAddress: 2)
        _ = try #require(world.admit("other", from: "192.0.2.9"))
        for number in 1...10 {
            #expect(world.admit("flood \(number)", from: "198.51.100.7") != nil)
        }
        #expect(world.closed == (1...8).map { "flood \($0)" })
        #expect(world.roll.count == 3)
    }

    @Test func `an address whose share is served gets no more, and others do`() throws {
        let world = World(5, perAddress: 1)
        world.roll.note(try #require(world.admit("a", from: "198.51.100.7")), .served)
        #expect(world.admit("b", from: "198.51.100.7") == nil)
        #expect(world.admit("c", from: "192.0.2.9") != nil)
    }

    @Test func `whoever leaves makes room, once`() throws {
        let world = World(1, perAddress: 1)
        let first = try #require(world.admit("first"))
        world.roll.leave(first)
        world.roll.leave(first)
        #expect(world.roll.count == 0)
        _ = try #require(world.admit("second"))
        world.roll.note(first, .served)
        #expect(world.admit("third") != nil)
        #expect(world.closed == ["second"])
    }

    @Test func `a descriptor is kept for what the service opens itself`() {
        #expect(ConnectionLimits(descriptors: 256).connectionsMax == 128)
        #expect(ConnectionLimits(descriptors: 256).perAddressMax == 64)
        #expect(ConnectionLimits(descriptors: 1_024).connectionsMax == 896)
        #expect(ConnectionLimits(descriptors: 65_536).connectionsMax == 4_096)
        #expect(ConnectionLimits(descriptors: 65_536).perAddressMax == 512)
        let behindProxy = ConnectionLimits(descriptors: 1_024, trustsProxy: true)
        #expect(behindProxy.perAddressMax == behindProxy.connectionsMax)
    }
}
