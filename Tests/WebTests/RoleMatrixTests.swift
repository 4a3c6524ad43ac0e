import Access
import HTTPTypes
import Testing

@testable import Web

/// What each role may do, route by route: the one table of it. A new route is a new line.
enum RoleMatrix {
    /// The least role that a route lets pass; nil lets everybody pass.
    static let table: [(route: String, kind: RouteEntry.Kind, least: Role?)] = [
        ("GET /", .page, .viewer),
        ("GET /assets/{file}", .open, nil),
        ("POST /language", .open, nil),
        ("GET /sign-in", .open, nil),
        ("POST /sign-in", .open, nil),
        ("POST /sign-out", .form, .viewer),
        ("GET /setup/{token}", .open, nil),
        ("POST /setup/{token}", .open, nil),
        ("GET /invitation/{token}", .open, nil),
        ("POST /invitation/{token}", .open, nil),
        ("GET /account", .page, .viewer),
        ("POST /account/password", .form, .viewer),
        ("POST /account/sessions/end", .form, .viewer),
        ("POST /account/sessions/{id}/end", .form, .viewer),
        ("POST /account/tokens", .form, .viewer),
        ("POST /account/tokens/{id}/revoke", .form, .viewer),
        ("GET /admin/users", .page, .administrator),
        ("GET /admin/users/new", .page, .administrator),
        ("POST /admin/users", .form, .administrator),
        ("GET /admin/users/{id}", .page, .administrator),
        ("POST /admin/users/{id}/role", .form, .administrator),
        ("POST /admin/users/{id}/state", .form, .administrator),
        ("POST /admin/users/{id}/reset", .form, .administrator),
        ("GET /admin/connections", .page, .administrator),
        ("GET /admin/connections/new", .page, .administrator),
        ("POST /admin/connections/new", .form, .administrator),
        ("GET /admin/connections/{id}", .page, .administrator),
        ("POST /admin/connections/{id}", .form, .administrator),
        ("POST /admin/connections/{id}/audience", .form, .administrator),
        ("POST /admin/connections/{id}/check", .form, .administrator),
        ("POST /admin/connections/{id}/end", .form, .administrator),
        ("GET /admin/connections/{id}/remove", .page, .administrator),
        ("POST /admin/connections/{id}/remove", .form, .administrator),
        ("POST /admin/connections/{id}/exports/{export}/detach", .form, .administrator),
        ("POST /admin/connections/{id}/exports/{export}/remove", .form, .administrator),
        ("GET /privacy", .open, nil),
        ("GET /system/status", .page, .viewer),
        ("POST /system/status/refresh", .form, .contributor),
        ("GET /system/status/{id}", .page, .viewer),
        ("POST /system/status/{id}/cancel", .form, .contributor),
        ("GET /api/v1/refreshes", .api, .viewer),
        ("POST /api/v1/refreshes", .api, .contributor),
        ("GET /api/v1/refreshes/{id}", .api, .viewer),
        ("POST /api/v1/refreshes/{id}/cancel", .api, .contributor),
        ("GET /admin/audit", .page, .administrator),
        ("GET /admin/audit.csv", .page, .administrator),
        ("GET /api", .page, .viewer),
        ("GET /api/v1/openapi.yaml", .open, nil),
        ("GET /health/live", .open, nil),
        ("GET /health/ready", .open, nil),
        ("GET /metrics", .api, .viewer),
        ("GET /api/v1/me", .api, .viewer),
        ("GET /api/v1/users", .api, .administrator),
        ("POST /api/v1/users", .api, .administrator),
        ("GET /api/v1/users/{id}", .api, .administrator),
        ("PATCH /api/v1/users/{id}", .api, .administrator),
        ("POST /api/v1/users/{id}/invitations", .api, .administrator),
        ("GET /api/v1/tokens", .api, .viewer),
        ("POST /api/v1/tokens", .api, .viewer),
        ("DELETE /api/v1/tokens/{id}", .api, .viewer),
        ("GET /api/v1/sessions", .api, .viewer),
        ("DELETE /api/v1/sessions/{id}", .api, .viewer),
        ("GET /api/v1/audit", .api, .administrator),
        ("GET /segments/new", .page, .contributor),
        ("POST /segments/new", .form, .contributor),
        ("GET /segments/{id}/edit", .page, .contributor),
        ("POST /segments/{id}/edit", .form, .contributor),
        ("POST /segments/preview", .form, .contributor),
        ("GET /segments/values", .page, .contributor),
        ("GET /api/v1/attributes", .api, .viewer),
        ("GET /api/v1/attributes/{name}/values", .api, .viewer),
        ("POST /api/v1/segments/count", .api, .viewer),
        ("GET /api/v1/segments", .api, .viewer),
        ("POST /api/v1/segments", .api, .contributor),
        ("GET /api/v1/segments/{id}", .api, .viewer),
        ("PATCH /api/v1/segments/{id}", .api, .contributor),
        ("DELETE /api/v1/segments/{id}", .api, .contributor),
        ("POST /api/v1/segments/{id}/evaluate", .api, .contributor),
        ("GET /api/v1/segments/{id}/sizes", .api, .viewer),
        ("GET /api/v1/segments/{id}/members", .api, .viewer),
        ("GET /api/v1/customers", .api, .viewer),
        ("GET /api/v1/customers/{id}", .api, .viewer),
        ("GET /api/v1/search-index", .api, .viewer),
        ("PUT /api/v1/search-index", .api, .administrator),
        ("GET /api/v1/connections", .api, .contributor),
        ("POST /api/v1/connections", .api, .administrator),
        ("GET /api/v1/connections/{id}", .api, .contributor),
        ("PATCH /api/v1/connections/{id}", .api, .administrator),
        ("DELETE /api/v1/connections/{id}", .api, .administrator),
        ("POST /api/v1/connections/{id}/check", .api, .administrator),
        ("POST /api/v1/connections/{id}/end", .api, .administrator),
        ("GET /api/v1/connections/{id}/lists", .api, .contributor),
        ("GET /api/v1/connections/{id}/fields", .api, .contributor),
        ("GET /api/v1/exports", .api, .viewer),
        ("POST /api/v1/exports", .api, .contributor),
        ("GET /api/v1/exports/{id}", .api, .viewer),
        ("PUT /api/v1/exports/{id}", .api, .contributor),
        ("DELETE /api/v1/exports/{id}", .api, .contributor),
        ("POST /api/v1/exports/{id}/detach", .api, .contributor),
        ("POST /api/v1/exports/{id}/runs", .api, .contributor),
        ("POST /api/v1/exports/run-all", .api, .contributor),
        ("POST /api/v1/exports/{id}/rehearsals", .api, .viewer),
        ("GET /api/v1/rehearsals/{id}", .api, .viewer),
        ("POST /api/v1/rehearsals/{id}/cancel", .api, .viewer),
        ("GET /api/v1/rehearsals/{id}/rows.csv", .api, .viewer),
        ("GET /api/v1/runs", .api, .viewer),
        ("GET /api/v1/runs/{id}", .api, .viewer),
        ("GET /api/v1/runs/{id}/people", .api, .viewer),
        ("GET /api/v1/runs/{id}/calls", .api, .viewer),
        ("POST /api/v1/runs/{id}/stop", .api, .contributor),
        ("POST /api/v1/runs/{id}/approve", .api, .contributor),
        ("POST /api/v1/runs/{id}/dismiss", .api, .contributor),
        ("GET /segments", .page, .viewer),
        ("GET /segments/{id}", .page, .viewer),
        ("GET /segments/{id}/members.csv", .page, .viewer),
        ("POST /segments/{id}/evaluate", .form, .contributor),
        ("POST /segments/{id}/state", .form, .contributor),
        ("POST /segments/{id}/freeze", .form, .contributor),
        ("POST /segments/{id}/follow", .form, .contributor),
        ("POST /segments/{id}/duplicate", .form, .contributor),
        ("POST /segments/{id}/exports", .form, .contributor),
        ("GET /segments/{id}/remove", .page, .contributor),
        ("POST /segments/{id}/remove", .form, .contributor),
        ("POST /exports/{id}/rehearsals", .form, .viewer),
        ("GET /rehearsals/{id}", .page, .viewer),
        ("POST /rehearsals/{id}/cancel", .form, .viewer),
        ("GET /rehearsals/{id}/plan.csv", .page, .viewer),
        ("GET /customers", .page, .viewer),
        ("GET /customers/{id}", .page, .viewer),
        ("GET /customers/search-index", .page, .administrator),
        ("POST /customers/search-index", .form, .administrator),
        ("GET /exports", .page, .viewer),
        ("POST /exports", .form, .contributor),
        ("GET /exports/new", .page, .contributor),
        ("POST /exports/run-all", .form, .contributor),
        ("GET /exports/{id}", .page, .viewer),
        ("POST /exports/{id}", .form, .contributor),
        ("GET /exports/{id}/duplicate", .page, .contributor),
        ("GET /exports/{id}/remove", .page, .contributor),
        ("POST /exports/{id}/remove", .form, .contributor),
        ("POST /exports/{id}/run", .form, .contributor),
        ("POST /exports/{id}/detach", .form, .contributor),
        ("GET /system/schedule", .page, .viewer),
        ("POST /system/schedule", .form, .administrator),
        ("GET /api/v1/schedule", .api, .viewer),
        ("PUT /api/v1/schedule", .api, .administrator),
        ("GET /runs", .page, .viewer),
        ("GET /runs/{id}", .page, .viewer),
        ("GET /runs/{id}/events", .page, .viewer),
        ("POST /runs/{id}/stop", .form, .contributor),
        ("POST /runs/{id}/approve", .form, .contributor),
        ("POST /runs/{id}/dismiss", .form, .contributor),
        ("GET /runs/{id}/people", .page, .viewer),
        ("GET /runs/{id}/people.csv", .page, .viewer),
        ("GET /runs/{id}/calls", .page, .viewer),
        ("GET /runs/{id}/calls.csv", .page, .viewer),
        ("GET /system/notifications", .page, .administrator),
        ("POST /system/notifications", .form, .administrator),
        ("POST /system/notifications/test", .form, .administrator),
        ("GET /api/v1/notification-settings", .api, .administrator),
        ("PUT /api/v1/notification-settings", .api, .administrator),
        ("POST /api/v1/notification-settings/test", .api, .administrator),
        ("GET /api/v1/notifications", .api, .administrator),
        ("GET /system/usage", .page, .administrator),
        ("GET /api/v1/usage", .api, .administrator),
        ("GET /imports", .page, .contributor),
        ("POST /imports", .form, .contributor),
        ("GET /imports/{id}", .page, .contributor),
        ("POST /imports/{id}", .form, .contributor),
        ("POST /imports/{id}/start", .form, .contributor),
        ("POST /imports/{id}/cancel", .form, .contributor),
        ("GET /imports/{id}/events", .page, .contributor),
        ("GET /imports/{id}/bad-rows.csv", .page, .contributor),
        ("GET /sources", .page, .contributor),
        ("POST /sources", .form, .contributor),
        ("GET /sources/{id}", .page, .contributor),
        ("POST /sources/{id}", .form, .contributor),
        ("POST /sources/{id}/import", .form, .contributor),
        ("POST /sources/{id}/remove", .form, .contributor),
        ("POST /api/v1/imports", .api, .contributor),
        ("GET /api/v1/imports", .api, .contributor),
        ("GET /api/v1/imports/{id}", .api, .contributor),
        ("POST /api/v1/imports/{id}/start", .api, .contributor),
        ("POST /api/v1/imports/{id}/cancel", .api, .contributor),
        ("GET /api/v1/sources", .api, .contributor),
        ("POST /api/v1/sources", .api, .contributor),
        ("GET /api/v1/sources/{id}", .api, .contributor),
        ("PUT /api/v1/sources/{id}", .api, .contributor),
        ("DELETE /api/v1/sources/{id}", .api, .contributor),
        ("POST /api/v1/sources/{id}/import", .api, .contributor),
    ]
}

struct RoleMatrixTests {
    @Test func `the table lists every route and no other`() throws {
        let routes = try WebWorld().server.routes.map { "\($0.method) \($0.path) \($0.kind)" }
        let listed = RoleMatrix.table.map { "\($0.route) \($0.kind)" }
        #expect(Set(routes) == Set(listed))
        #expect(routes.count == Set(routes).count)
    }

    @Test(arguments: [nil, Role.viewer, .contributor, .administrator])
    func `every route lets in whom the table says`(role: Role?) async throws {
        for row in RoleMatrix.table {
            let world = try WebWorld()
            let parts = row.route.split(separator: " ")
            let method = HTTPRequest.Method(String(parts[0])) ?? .get
            // No thing has this id, so that whoever is let in changes nothing.
            let path = String(parts[1]).replacing(#/\{[^}]+\}/#, with: "999999")
            let mayPass = row.least.map { least in role.map { $0 >= least } ?? false } ?? true
            switch row.kind {
            case .api:
                try await world.call(as: role) { browser in
                    let answer = try await browser.send(method, path, body: "{}")
                    #expect(
                        (answer.status != .unauthorized && answer.status != .forbidden) == mayPass,
                        "\(row.route) as \(String(describing: role)): \(answer.status)")
                    #expect(answer.status.code < 500, "\(row.route): \(answer.status)")
                }
            case .page, .form, .open:
                try await world.browse(as: role) { browser in
                    let answer =
                        method == .post
                        ? try await browser.post(path) : try await browser.get(path)
                    let isTurnedAway =
                        answer.status == .forbidden
                        || answer.location == "/sign-in"
                        || answer.location?.hasPrefix("/sign-in?next=") == true
                    #expect(
                        isTurnedAway != mayPass,
                        "\(row.route) as \(String(describing: role)): \(answer.status)")
                    // Nobody carries out runs here, and that is what readiness tells.
                    #expect(
                        answer.status.code < 500 || answer.status == .serviceUnavailable,
                        "\(row.route): \(answer.status)")
                }
            }
        }
    }
}
