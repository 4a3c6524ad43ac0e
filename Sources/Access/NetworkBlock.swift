import Foundation

/// Whom an address stands for when attempts are counted.
enum NetworkBlock {
    /// The address itself, or of an IPv6 address its first 64 bits, for whoever has one has all of those. What
    /// is no address shares one key.
    static func key(of address: String) -> String {
        var four = in_addr()
        if inet_pton(AF_INET, address, &four) == 1 { return address }
        var six = in6_addr()
        // A zone (`%eth0`) says nothing of the sender.
        guard inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &six) == 1 else {
            return ""
        }
        return withUnsafeBytes(of: six) { bytes in
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255
            if isMapped, bytes[11] == 255 {
                return bytes.suffix(4).map(String.init).joined(separator: ".")
            }
            return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
