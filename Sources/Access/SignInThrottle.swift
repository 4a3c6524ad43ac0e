/// Slows down guessing at passwords, without letting anybody lock somebody else out.
///
/// A browser that signed in as a user before proves it with a cookie and has a counter of its own, which
/// nobody else can fill. Everybody else is counted three times: by name and address, by address, and by
/// name. Times are milliseconds since 1970, and the caller's.
package struct SignInThrottle: Sendable {
    /// Whether a password may be tried now.
    package enum Verdict: Equatable, Sendable {
        case go
        /// Come back in so many seconds.
        case wait(seconds: Int)
    }

    private let limits: SignInLimits
    private var pairs: RecentTable<Pair, Failures>
    private var devices: RecentTable<Device, Failures>
    private var addresses: RecentTable<String, FailureWindow>
    private var names: RecentTable<String, FailureWindow>

    private struct Pair: Hashable {
        let name: String
        let address: String
    }

    private struct Device: Hashable {
        let name: String
        let id: Int64
    }

    package init(limits: SignInLimits = SignInLimits()) {
        self.limits = limits
        let share = max(1, limits.entriesMax / 4)
        pairs = RecentTable(entriesMax: share)
        devices = RecentTable(entriesMax: share)
        addresses = RecentTable(entriesMax: share)
        names = RecentTable(entriesMax: share)
    }

    /// Entries held, of all kinds.
    package var count: Int { pairs.count + devices.count + addresses.count + names.count }

    /// Asks to try one password for `name`. `device` is the id of the known browser of that user, nil for any
    /// other visitor. An attempt that may go counts as failed until `succeeded` takes it back, so that
    /// attempts made at once are no way around the limit.
    package mutating func attempt(
        name: String, address: String, device: Int64?, at now: Int64
    ) -> Verdict {
        let name = Self.key(ofName: name)
        if let device {
            let key = Device(name: name, id: device)
            var failures = devices[key] ?? Failures()
            let wait = failures.wait(at: now, limits: limits)
            guard wait == 0 else { return Self.verdict(wait) }
            failures.add(at: now, limits: limits)
            devices.set(failures, for: key)
            return .go
        }

        let pair = Pair(name: name, address: NetworkBlock.key(of: address))
        var failures = pairs[pair] ?? Failures()
        var ofAddress = addresses[pair.address] ?? FailureWindow()
        var ofName = names[name] ?? FailureWindow()
        let wait = max(
            failures.wait(at: now, limits: limits),
            ofAddress.wait(
                at: now, limit: limits.failuresPerAddress, within: limits.addressWindow,
                pause: limits.addressPause),
            ofName.wait(
                at: now, limit: limits.failuresPerName, within: limits.nameWindow, pause: nil))
        guard wait == 0 else { return Self.verdict(wait) }
        failures.add(at: now, limits: limits)
        ofAddress.add(now, limit: limits.failuresPerAddress)
        ofName.add(now, limit: limits.failuresPerName)
        pairs.set(failures, for: pair)
        addresses.set(ofAddress, for: pair.address)
        names.set(ofName, for: name)
        return .go
    }

    /// Says that the attempt had the wrong password: waiting begins now.
    package mutating func failed(name: String, address: String, device: Int64?, at now: Int64) {
        let name = Self.key(ofName: name)
        if let device {
            let key = Device(name: name, id: device)
            devices.update(key) { $0.restart(at: now, limits: limits) }
        } else {
            let pair = Pair(name: name, address: NetworkBlock.key(of: address))
            pairs.update(pair) { $0.restart(at: now, limits: limits) }
        }
    }

    /// Says that the attempt had the right password. It clears its own counter; of those shared with others it
    /// takes back only itself.
    package mutating func succeeded(name: String, address: String, device: Int64?, at now: Int64) {
        let name = Self.key(ofName: name)
        if let device {
            devices.remove(Device(name: name, id: device))
            return
        }
        let pair = Pair(name: name, address: NetworkBlock.key(of: address))
        pairs.remove(pair)
        addresses.update(pair.address) { $0.takeBack() }
        names.update(name) { $0.takeBack() }
    }

    /// Names that no user can have share one key, so that long ones take no room.
    private static func key(ofName name: String) -> String {
        UserName.checked(name).map(UserName.folded) ?? ""
    }

    private static func verdict(_ milliseconds: Int64) -> Verdict {
        .wait(seconds: Int((milliseconds + 999) / 1_000))
    }
}
