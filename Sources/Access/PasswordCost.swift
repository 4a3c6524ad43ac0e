/// How much work one guess at a password is, as scrypt counts it.
package struct PasswordCost: Equatable, Sendable {
    /// Rounds as a power of two.
    package let roundsLog2: Int
    package let blockSize: Int
    package let parallelism: Int

    /// What passwords are hashed with: as much work as 2^17 rounds at once, in 32 MB of memory.
    package static let standard = PasswordCost(roundsLog2: 15, parallelism: 3)

    package init(roundsLog2: Int, blockSize: Int = 8, parallelism: Int = 1) {
        self.roundsLog2 = roundsLog2
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// Whether scrypt takes it and it stays within 256 MB: a stored hash must not be able to ask for more.
    var isBearable: Bool {
        (1...18).contains(roundsLog2) && (1...32).contains(blockSize)
            && (1...4).contains(parallelism)
            && 128 * blockSize << roundsLog2 <= 256 << 20
    }
}
