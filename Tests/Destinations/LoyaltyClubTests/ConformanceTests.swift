import Exports
import LoyaltyClub
import Profiles
import TestSupport
import Testing

struct ConformanceTests {
    private static let suite = DestinationConformance(
        descriptor: LoyaltyClub.descriptor,
        open: { gate, time in
            LoyaltyClub(
                gate: gate,
                settings: AccountSettings(
                    destination: LoyaltyClub.descriptor.id, host: "gold.club.example",
                    values: ["program": "gold"],
                    secrets: ["accessKey": "access-secret", "signingKey": "signing-secret"]),
                time: time)
        },
        server: { ClubAccount() },
        export: Export(
            id: 1, name: "Members", connection: 1, list: ListReference(id: "", name: nil),
            segments: ["All"], mapping: Mapping(email: "Number", firstName: "First")),
        keys: (0..<10).map { "member-\($0)" }, secrets: ["access-secret", "signing-secret"])

    @Test(arguments: DestinationConformance.cases)
    func `the club keeps the port`(part: DestinationConformance.Case) async throws {
        try await part.check(Self.suite)
    }
}
