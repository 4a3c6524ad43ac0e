import Acts
import Profiles

/// Asks somebody for their own password once more.
struct SignInDesk: Sendable {
    let acts: ActContext

    /// What becomes of a password that is typed again.
    enum Confirmation: Sendable {
        case confirmed
        case refused
        case wait(seconds: Int)
    }

    func confirm(password: String, of asker: Asker) async throws -> Confirmation {
        do {
            try await acts.confirm(password: password, of: asker)
            return .confirmed
        } catch let refusal as Refusal where refusal.code == .wrongPassword {
            return .refused
        } catch let refusal as Refusal where refusal.code == .wait {
            return .wait(seconds: refusal.seconds ?? 1)
        }
    }
}

extension Refusal {
    /// Seconds after which another try counts.
    var seconds: Int? {
        guard case .number(let seconds) = facts["seconds"] else { return nil }
        return seconds
    }
}
