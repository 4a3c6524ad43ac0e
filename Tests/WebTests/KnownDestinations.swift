import ActiveCampaign
import Delivery
import LoyaltyClub

extension Destinations {
    static let activeCampaign = Destinations([activeCampaignKind])
    static let withClub = Destinations([activeCampaignKind, clubKind])

    private static let activeCampaignKind = DestinationKind(
        ActiveCampaign.descriptor,
        link: { try ActiveCampaign.link($0, allowsLoopback: $1) },
        destination: { gate, _, time in ActiveCampaign(gate: gate, time: time) })

    private static let clubKind = DestinationKind(
        LoyaltyClub.descriptor, link: { LoyaltyClub.link($0, allowsLoopback: $1) },
        destination: { LoyaltyClub(gate: $0, settings: $1, time: $2) })
}
