import ServiceLifecycle

/// A part of the service that goes on by itself until the service ends.
struct ServicePart: ServiceLifecycle.Service {
    private let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) {
        self.body = body
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await body()
            // A part may have nothing left to do; the service goes on without it.
            try? await gracefulShutdown()
        }
    }
}
