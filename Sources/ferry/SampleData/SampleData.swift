import Profiles
import Sandbox

/// Made-up customers for trials: the same numbers give the same bytes on every machine. A customer
/// depends on the seed and on its own number alone, so a larger file begins with the smaller one.
///
/// Among a thousand customers about 10 have no e-mail address, 2 a malformed one, and 3 the address of
/// another customer in capitals. All addresses are in domains that RFC 2606 reserves.
struct SampleData: Equatable, Sendable {
    /// How many customers there are before some are removed.
    let profiles: Int
    let seed: UInt64
    /// The share of customers, from 0 to 100, whose plan or lifetime value differs from what the seed says.
    let changePercent: Double
    /// Which customers change and are removed, and how.
    let changeSeed: UInt64
    /// The share of customers, from 0 to 100, who are left out.
    let removePercent: Double

    /// Rows of `customers`, without the header, are made up to this many bytes before they are handed over.
    private static let chunkBytes = 64 << 10

    /// CSV with one customer a row, handed over in chunks.
    func writeCustomers(to write: ([UInt8]) throws -> Void) rethrows {
        try writeRows(
            header: "CustomerId,Email,FirstName,LastName,Phone,Country,Plan,LifetimeValue,Consent,"
                + "LastSeen\n",
            appendCustomer, to: write)
    }

    /// CSV with the orders of the same customers, up to three each, handed over in chunks.
    func writeOrders(to write: ([UInt8]) throws -> Void) rethrows {
        try writeRows(header: "CustomerId,OrderId,Day,Amount\n", appendOrders, to: write)
    }

    private func writeRows(
        header: String, _ append: (Int, inout [UInt8]) -> Void, to write: ([UInt8]) throws -> Void
    ) rethrows {
        var chunk = Array(header.utf8)
        chunk.reserveCapacity(Self.chunkBytes + 4_096)
        for number in 0..<max(0, profiles) where !isRemoved(number) {
            append(number, &chunk)
            if chunk.count >= Self.chunkBytes {
                try write(chunk)
                chunk.removeAll(keepingCapacity: true)
            }
        }
        if !chunk.isEmpty { try write(chunk) }
    }

    // MARK: One customer

    private func appendCustomer(_ number: Int, to row: inout [UInt8]) {
        var random = SplitMix64(seed: seed, stream: 1, number: number)
        let origin = Self.origin(&random)
        let first = random.element(of: origin.firstNames)
        let last = random.element(of: origin.lastNames)
        appendID(number, to: &row)
        row.append(comma)
        appendAddress(number, to: &row)
        row.append(comma)
        row.append(contentsOf: first.name.utf8)
        row.append(comma)
        row.append(contentsOf: last.name.utf8)
        row.append(comma)
        row.append(contentsOf: origin.callingCode.utf8)
        for _ in 0..<9 { row.append(digit(random.below(10))) }
        row.append(comma)
        row.append(contentsOf: origin.country.utf8)
        row.append(comma)

        var plan = Self.plan(random.below(100))
        // Most spend little, and a few a lot.
        let spending = random.below(1_000)
        var cents = spending * spending * spending / 100_000 + random.below(5_000)
        let consents = random.below(100) < 82
        let lastSeen = Self.firstMoment + Int64(random.below(Self.secondsOfHistory)) * 1_000
        if let change = change(of: number) {
            if change % 2 == 0 {
                plan = (plan + 1 + change / 2 % (Self.plans.count - 1)) % Self.plans.count
            } else {
                cents += 100 + change / 2 % 50_000
            }
        }
        row.append(contentsOf: Self.plans[plan].utf8)
        row.append(comma)
        appendAmount(cents, to: &row)
        row.append(comma)
        row.append(UInt8(ascii: consents ? "Y" : "N"))
        row.append(comma)
        row.append(contentsOf: Timestamp(milliseconds: lastSeen).shortDescription.utf8)
        row.append(UInt8(ascii: "\n"))
    }

    /// The address column: usually an address of the customer's own.
    private func appendAddress(_ number: Int, to row: inout [UInt8]) {
        var random = SplitMix64(seed: seed, stream: 2, number: number)
        switch random.below(1_000) {
        case 0..<10:
            return
        case 10..<12:
            let local = ownAddress(number).prefix { $0 != UInt8(ascii: "@") }
            switch random.below(4) {
            case 0: row.append(contentsOf: local)
            case 1: row.append(contentsOf: local + Array("@localhost".utf8))
            case 2: row.append(contentsOf: local + Array("@example.c".utf8))
            default: row.append(contentsOf: Array("@example.com".utf8))
            }
        case 12..<15 where number > 0:
            for byte in ownAddress(random.below(number)) {
                let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                row.append(isLetter ? byte - 32 : byte)
            }
        default:
            row.append(contentsOf: ownAddress(number))
        }
    }

    /// An address that no other customer has, because the customer's number is in it.
    private func ownAddress(_ number: Int) -> [UInt8] {
        var random = SplitMix64(seed: seed, stream: 1, number: number)
        let origin = Self.origin(&random)
        let first = random.element(of: origin.firstNames).ascii
        let last = random.element(of: origin.lastNames).ascii
        var form = SplitMix64(seed: seed, stream: 3, number: number)
        var address: [UInt8] = []
        switch form.below(3) {
        case 0:
            address.append(contentsOf: first.utf8)
            address.append(UInt8(ascii: "."))
            address.append(contentsOf: last.utf8)
        case 1:
            address.append(contentsOf: first.utf8.prefix(1))
            address.append(contentsOf: last.utf8)
        default:
            address.append(contentsOf: last.utf8)
            address.append(UInt8(ascii: "_"))
            address.append(contentsOf: first.utf8)
        }
        address.append(contentsOf: String(number + 1).utf8)
        address.append(UInt8(ascii: "@"))
        address.append(contentsOf: form.element(of: Self.domains).utf8)
        return address
    }

    private func appendOrders(_ number: Int, to rows: inout [UInt8]) {
        var random = SplitMix64(seed: seed, stream: 4, number: number)
        for order in 0..<random.below(4) {
            appendID(number, to: &rows)
            rows.append(contentsOf: ",O".utf8)
            rows.append(contentsOf: String(number + 1).utf8)
            rows.append(UInt8(ascii: "-"))
            rows.append(digit(order + 1))
            rows.append(comma)
            let milliseconds =
                Self.firstMoment + Int64(random.below(Self.secondsOfHistory)) * 1_000
            if let day = Timestamp(milliseconds: milliseconds).day {
                rows.append(contentsOf: day.description.utf8)
            }
            rows.append(comma)
            appendAmount(500 + random.below(40_000), to: &rows)
            rows.append(UInt8(ascii: "\n"))
        }
    }

    // MARK: Change

    private func isRemoved(_ number: Int) -> Bool {
        guard removePercent > 0 else { return false }
        var random = SplitMix64(seed: changeSeed, stream: 5, number: number)
        return Double(random.below(1_000_000)) < removePercent * 10_000
    }

    /// A number that says how the customer changed; nil for those who did not.
    private func change(of number: Int) -> Int? {
        guard changePercent > 0 else { return nil }
        var random = SplitMix64(seed: changeSeed, stream: 6, number: number)
        guard Double(random.below(1_000_000)) < changePercent * 10_000 else { return nil }
        return random.below(1_000_000)
    }

    // MARK: Text

    private var comma: UInt8 { UInt8(ascii: ",") }

    private func digit(_ number: Int) -> UInt8 { UInt8(ascii: "0") + UInt8(number) }

    /// `C` and at least eight digits.
    private func appendID(_ number: Int, to row: inout [UInt8]) {
        let digits = String(number + 1)
        row.append(UInt8(ascii: "C"))
        for _ in 0..<max(0, 8 - digits.utf8.count) { row.append(UInt8(ascii: "0")) }
        row.append(contentsOf: digits.utf8)
    }

    private func appendAmount(_ cents: Int, to row: inout [UInt8]) {
        row.append(contentsOf: String(cents / 100).utf8)
        row.append(UInt8(ascii: "."))
        row.append(digit(cents / 10 % 10))
        row.append(digit(cents % 10))
    }

    private static func origin(_ random: inout SplitMix64) -> SampleNames.Origin {
        random.element(of: SampleNames.origins)
    }

    static let plans = ["Free", "Basic", "Plus", "Pro"]

    private static func plan(_ percent: Int) -> Int {
        switch percent {
        case ..<55: 0
        case ..<80: 1
        case ..<94: 2
        default: 3
        }
    }

    private static let domains = [
        "example.com", "example.org", "example.net", "mail.example.com", "post.example.org",
        "poczta.example.net", "shop.example", "studio.example", "office.example.com",
    ]

    /// 2023-01-01, and the seconds of three years from then on.
    private static let firstMoment: Int64 = 1_672_531_200_000
    private static let secondsOfHistory = 3 * 365 * 86_400
}
