import Foundation

/// Files and connections that the process may hold open at one time.
enum Descriptors {
    /// More than the service ever needs, where the system sets no limit.
    private static let most: rlim_t = 65_536

    /// Raises the limit as far as the system lets anybody, and tells it.
    static func raise() -> Int {
        let files = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return 256 }
        let wanted = rlimit(
            rlim_cur: max(limit.rlim_cur, min(limit.rlim_max, most)), rlim_max: limit.rlim_max)
        var raised = wanted
        if setrlimit(files, &raised) == 0 { limit = wanted }
        return Int(min(limit.rlim_cur, most))
    }
}
