import HTTPTypes
import Hummingbird
import NIOCore

/// The API for programs: everything the pages can do, in JSON.
struct API: Sendable {
    private let services: Services
    private let health: ServiceHealth
    private let roll: ConnectionRoll
    private let document: APIDocument

    init(_ routes: GuardedRoutes, health: ServiceHealth, roll: ConnectionRoll) throws {
        services = routes.services
        self.health = health
        self.roll = roll
        document = try APIDocument.own()
    }

    func add(to routes: GuardedRoutes) {
        let starts = StartDesk(services)
        PeopleAPI(services: services).add(to: routes)
        AuditAPI().add(to: routes)
        SegmentAPI().add(to: routes)
        ProfileAPI().add(to: routes)
        RuleAPI().add(to: routes)
        ConnectionAPI(routes).add(to: routes)
        ExportAPI().add(to: routes)
        RehearsalAPI(services: services).add(to: routes)
        ScheduleAPI().add(to: routes)
        RunAPI(starts: starts).add(to: routes)
        NotificationAPI().add(to: routes)
        UsageAPI().add(to: routes)
        RefreshAPI(starts: starts).add(to: routes)
        ImportAPI(services: services, starts: starts).add(to: routes)
        SourceAPI().add(to: routes)
        ProbeAPI(services: services, health: health, roll: roll).add(to: routes)
        routes.openAPI("/api/v1/openapi.yaml") { [document] _ in
            Response(
                status: .ok, headers: [.contentType: "application/yaml; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: document.text)))
        }
        APIPage(document: document, routes).add(to: routes)
    }
}
