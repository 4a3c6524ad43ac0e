import ActiveCampaign
import Delivery

extension Destinations {
    /// Every kind of destination: the only place that names one. The first is meant where people name none.
    static let all = Destinations([activeCampaign])

    private static let activeCampaign = DestinationKind(
        ActiveCampaign.descriptor,
        link: { try ActiveCampaign.link($0, allowsLoopback: $1) },
        destination: { gate, _, time in ActiveCampaign(gate: gate, time: time) })
}
