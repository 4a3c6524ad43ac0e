import Testing

@testable import Access

/// A throttle, its moment, and what visitors do.
private struct Door {
    var throttle = SignInThrottle()
    var now: Int64 = 1_700_000_000_000

    mutating func fail(
        _ name: String = "maria", from address: String = "203.0.113.1", device: Int64? = nil
    ) -> SignInThrottle.Verdict {
        let verdict = throttle.attempt(name: name, address: address, device: device, at: now)
        if verdict == .go {
            throttle.failed(name: name, address: address, device: device, at: now)
        }
        return verdict
    }

    mutating func succeed(
        _ name: String = "maria", from address: String = "203.0.113.1", device: Int64? = nil
    ) -> SignInThrottle.Verdict {
        let verdict = throttle.attempt(name: name, address: address, device: device, at: now)
        if verdict == .go {
            throttle.succeeded(name: name, address: address, device: device, at: now)
        }
        return verdict
    }

    mutating func pass(seconds: Int64) { now += seconds * 1_000 }
}

struct SignInThrottleTests {
    @Test func `five wrong passwords are borne, then each costs twice the wait`() {
        var door = Door()
        for _ in 1...5 { #expect(door.fail() == .go) }
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            #expect(door.fail() == .wait(seconds: seconds))
            door.now += Int64(seconds) * 1_000 - 1
            #expect(door.fail() == .wait(seconds: 1))
            door.now += 1
            #expect(door.fail() == .go)
        }
    }

    @Test func `the right password clears the count`() {
        var door = Door()
        for _ in 1...4 { #expect(door.fail() == .go) }
        #expect(door.succeed() == .go)
        for _ in 1...5 { #expect(door.fail() == .go) }
        #expect(door.fail() == .wait(seconds: 30))
    }

    @Test func `the right password has to wait as well`() {
        var door = Door()
        for _ in 1...5 { _ = door.fail() }
        #expect(door.succeed() == .wait(seconds: 30))
        door.pass(seconds: 30)
        #expect(door.succeed() == .go)
    }

    @Test func `an hour without a failure is forgiven`() {
        var door = Door()
        for _ in 1...5 { _ = door.fail() }
        door.pass(seconds: 3_600)
        for _ in 1...5 { #expect(door.fail() == .go) }
        #expect(door.fail() == .wait(seconds: 30))
    }

    @Test func `attempts made at once are no way around the limit`() {
        var door = Door()
        var passed = 0
        // None of them has an answer yet.
        for _ in 1...100
        where door.throttle.attempt(
            name: "maria", address: "203.0.113.1", device: nil, at: door.now) == .go
        {
            passed += 1
        }
        #expect(passed == 5)
    }

    @Test func `capitals and forms of a name are one name`() {
        var door = Door()
        for name in ["Maria", "MARIA", "maria", "mariA", "mARIA"] { _ = door.fail(name) }
        #expect(door.fail("maria") == .wait(seconds: 30))
    }

    @Test func `strangers cannot lock out a browser that the user knows`() {
        var door = Door()
        // From one address, and from many, the owner's own among them.
        for _ in 1...100 { _ = door.fail(from: "198.51.100.9") }
        for host in 0..<200 { _ = door.fail(from: "192.0.2.\(host)") }
        #expect(door.succeed(from: "198.51.100.9") != .go)
        #expect(door.succeed(from: "198.51.100.10") != .go)
        #expect(door.succeed(from: "198.51.100.9", device: 7) == .go)
    }

    @Test func `a known browser has a counter of its own, which only it can fill`() {
        var door = Door()
        for _ in 1...5 { #expect(door.fail(device: 7) == .go) }
        #expect(door.fail(device: 7) == .wait(seconds: 30))
        #expect(door.fail(device: 8) == .go)
        #expect(door.fail() == .go)
    }

    @Test func `the id of a known browser is of no use for another name`() {
        var door = Door()
        for _ in 1...5 { _ = door.fail("maria", device: 7) }
        #expect(door.fail("pavel", device: 7) == .go)
    }

    @Test func `one address cannot try many names`() {
        var door = Door()
        for number in 1...30 { #expect(door.fail("user\(number)") == .go) }
        #expect(door.fail("user31") == .wait(seconds: 60))
        // Others are not held up by it.
        #expect(door.fail("user31", from: "203.0.113.2") == .go)
        door.pass(seconds: 60)
        #expect(door.fail("user32") == .go)
        #expect(door.fail("user33") == .wait(seconds: 60))
        // Ten minutes after the first, the window is open again.
        door.pass(seconds: 600)
        #expect(door.fail("user34") == .go)
        #expect(door.fail("user35") == .go)
    }

    @Test func `an account of one's own does not buy guesses at others`() {
        var door = Door()
        var guesses = 0
        for number in 1...100 {
            if door.fail("user\(number)") == .go { guesses += 1 }
            _ = door.succeed("mallory")
        }
        #expect(guesses == 30)
    }

    @Test func `people who sign in from one office are not counted as failures`() {
        var door = Door()
        for number in 1...200 { #expect(door.succeed("user\(number)") == .go) }
    }

    @Test func `somebody who signs in from many places is not counted as a failure`() {
        var door = Door()
        for host in 1...100 { #expect(door.succeed(from: "192.0.2.\(host)") == .go) }
    }

    @Test func `many addresses cannot guess at one name: unknown browsers wait out the hour`() {
        var door = Door()
        for host in 1...50 { #expect(door.fail(from: "192.0.2.\(host)") == .go) }
        #expect(door.fail(from: "192.0.2.51") == .wait(seconds: 3_600))
        #expect(door.fail("pavel", from: "192.0.2.51") == .go)
        #expect(door.succeed(device: 7) == .go)
        door.pass(seconds: 3_599)
        #expect(door.fail(from: "192.0.2.51") == .wait(seconds: 1))
        door.pass(seconds: 1)
        #expect(door.succeed(from: "192.0.2.51") == .go)
    }

    @Test func `a known browser's failures do not make strangers wait`() {
        var door = Door()
        for _ in 1...60 {
            _ = door.fail(device: 7)
            door.pass(seconds: 30)
        }
        #expect(door.succeed(from: "192.0.2.1") == .go)
    }

    @Test func `the addresses of one IPv6 subscriber are one address`() {
        var door = Door()
        for number in 1...30 { _ = door.fail("user\(number)", from: "2001:db8:1:2::\(number)") }
        #expect(door.fail("user31", from: "2001:db8:1:2:ffff::1") == .wait(seconds: 60))
        #expect(door.fail("user31", from: "2001:db8:1:3::1") == .go)
    }

    @Test func `memory is bounded, whatever is typed`() {
        var door = Door()
        for number in 0..<20_000 {
            let address = "10.\(number / 65_536).\(number / 256 % 256).\(number % 256)"
            _ = door.fail("user\(number)", from: address)
            _ = door.fail("user\(number)", from: address, device: Int64(number))
        }
        #expect(door.throttle.count <= 10_000)
        #expect(door.throttle.count >= 8_000)
        // The newest are remembered.
        for _ in 1...4 { _ = door.fail("user19999", from: "10.0.78.31") }
        #expect(door.fail("user19999", from: "10.0.78.31") == .wait(seconds: 30))
    }
}

struct NetworkBlockTests {
    @Test(arguments: [
        ("203.0.113.1", "203.0.113.1"), ("::ffff:203.0.113.1", "203.0.113.1"),
        ("2001:db8:1:2::7", "20:1:d:b8:0:1:0:2"),
        ("2001:db8:1:2:3:4:5:6%eth0", "20:1:d:b8:0:1:0:2"),
        ("::1", "0:0:0:0:0:0:0:0"), ("", ""), ("not an address", ""),
    ])
    func `an address is counted by whom it stands for`(address: String, key: String) {
        #expect(NetworkBlock.key(of: address) == key)
    }
}

struct RecentTableTests {
    @Test func `what was touched longest ago is forgotten first`() {
        var table = RecentTable<Int, String>(entriesMax: 10)
        for key in 0..<10 { table.set("\(key)", for: key) }
        table.update(0) { $0 = "again" }
        table.set("10", for: 10)
        #expect(table.count == 9)
        #expect(table[0] == "again")
        #expect(table[1] == nil && table[2] == nil)
        #expect(table[3] == "3" && table[10] == "10")
    }
}
