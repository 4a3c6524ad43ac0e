import ActiveCampaign
import Delivery

extension Destinations {
    static let activeCampaign = Destinations([
        DestinationKind(
            ActiveCampaign.descriptor,
            link: { try ActiveCampaign.link($0, allowsLoopback: $1) },
            destination: { gate, _, time in ActiveCampaign(gate: gate, time: time) })
    ])
}
