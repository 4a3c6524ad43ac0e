import Acts
package import Hummingbird
package import Logging
import Service
import ServiceLifecycle

/// The web service: routes, and what stands before them.
package struct Server: Sendable {
    private let health: ServiceHealth
    private let roll: ConnectionRoll
    private let responder: RouterResponder<WebContext>
    /// Every route with what it needs, for the role matrix.
    package let routes: [RouteEntry]

    /// Puts pages and API together. The same for the program and for tests. Throws for a mistake in
    /// the program: a template, the document of the API or the routes.
    package init(_ services: Services) throws {
        let renderer = try PageRenderer()
        let router = Router(context: WebContext.self)
        health = ServiceHealth(startedAt: services.now())
        roll = ConnectionRoll(services.settings.connections)
        router.add(middleware: AnswerCount(health: health))
        router.add(middleware: SecurityHeaders(isSecure: services.settings.isSecure))
        router.add(
            middleware: NotFound(doorkeeper: Doorkeeper(services: services, renderer: renderer)))
        let routes = GuardedRoutes(services: services, renderer: renderer, router: router)
        FramePages().add(to: routes)
        HomePages(routes).add(to: routes)
        SignInPages(routes).add(to: routes)
        UserPages(routes).add(to: routes)
        AccountPages(routes).add(to: routes)
        AuditPages(routes).add(to: routes)
        ConnectionPages(routes).add(to: routes)
        SegmentPages(routes).add(to: routes)
        ProfilePages(routes).add(to: routes)
        SegmentEditorPages(routes).add(to: routes)
        ExportListPages(routes).add(to: routes)
        ExportFormPages(routes).add(to: routes)
        RehearsalPages(routes).add(to: routes)
        RunPages(routes).add(to: routes)
        NotificationPages(routes).add(to: routes)
        UsagePages(routes).add(to: routes)
        StatusPages(routes).add(to: routes)
        SchedulePages(routes).add(to: routes)
        ImportPages(routes).add(to: routes)
        SourcePages(routes).add(to: routes)
        try API(routes, health: health, roll: roll).add(to: routes)
        // Middleware added after the routes stands before the answer for paths that none of them has.
        router.add(middleware: MethodNotAllowed(entries: routes.entries))
        try router.validate()
        responder = router.buildResponder()
        self.routes = routes.entries
    }

    /// Serves until the process is told to end; runs go on meanwhile, and stay open when it ends.
    /// Throws when it cannot listen; its parts see to their own errors.
    package func run(
        _ services: Services, onListening: @escaping @Sendable (_ port: Int) -> Void
    ) async throws {
        var application = build(services.settings, services.logger, onListening)
        application.addServices(parts(services))
        try await application.runService()
    }

    /// What goes on by itself. The group ends the last of its services first: the pages, so that nothing new is asked for,
    /// then these.
    private func parts(_ services: Services) -> [ServicePart] {
        let upkeep = Upkeep(logger: services.logger)
        return [
            ServicePart { [health] in
                await upkeep.keep("runs") {
                    try await health.whileCarryingOut { try await services.runs.run() }
                }
            },
            ServicePart { await services.rehearsals.run() },
            ServicePart { await services.notifier.run() },
            ServicePart {
                await upkeep.keep("refreshes") { try await services.refreshes.run() }
            },
            ServicePart { await services.searchIndexer.run() },
            ServicePart { await services.scheduler.run() },
            ServicePart { await upkeep.keep("imports") { try await services.imports.run() } },
        ]
    }

    /// The application, ready to listen.
    package func application(
        _ settings: ServiceSettings, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        build(settings, logger, onListening)
    }

    private func build(
        _ settings: ServiceSettings, _ logger: Logger,
        _ onListening: @escaping @Sendable (_ port: Int) -> Void
    ) -> Application<RouterResponder<WebContext>> {
        Application(
            responder: responder,
            server: .init { [roll] responder in
                GuardedChannel(roll: roll, limits: settings.connections, responder: responder)
            },
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: "ferry"),
            onServerRunning: { onListening($0.localAddress?.port ?? 0) }, logger: logger)
    }
}
