import Store

/// The numbers of the service in the text form that Prometheus reads. Labels come from short lists only.
enum Metrics {
    static func text(
        totals: RunTotals, underWay: Int, waiting: Int,
        answers: [ServiceHealth.Answered: Int], connections: Int,
        closed: [ConnectionRoll.Closed: Int], bodyBytes: Int, startedAt: Int64
    ) -> String {
        var lines: [String] = []
        func add(
            _ name: String, _ kind: String, _ help: String,
            _ samples: [(labels: String, value: String)]
        ) {
            lines.append("# HELP \(name) \(help)")
            lines.append("# TYPE \(name) \(kind)")
            lines += samples.map { "\(name)\($0.labels) \($0.value)" }
        }
        add(
            "ferry_history_runs", "gauge", "Runs in the history, by state.",
            RunState.allCases.map {
                ("{state=\"\($0.rawValue)\"}", String(totals.runs[$0] ?? 0))
            })
        add(
            "ferry_outcome_people", "gauge", "People in the history, by outcome.",
            [
                ("{outcome=\"delivered\"}", String(totals.delivered)),
                ("{outcome=\"refused\"}", String(totals.refused)),
                ("{outcome=\"suppressed\"}", String(totals.suppressed)),
            ])
        add(
            "ferry_active_runs", "gauge", "Runs that plan or send at this moment.",
            [("", String(underWay))])
        add(
            "ferry_queued_runs", "gauge", "Runs that wait for their turn.", [("", String(waiting))])
        add(
            "ferry_inflight_batches", "gauge", "Batches sent whose outcome is not known yet.",
            [("", String(totals.batchesInFlight))])
        add(
            "ferry_http_requests_total", "counter",
            "Requests answered since the start, by kind and class of status.",
            ServiceHealth.Kind.allCases.flatMap { kind in
                (2...5).map { statusClass in
                    let answered = ServiceHealth.Answered(kind: kind, statusClass: statusClass)
                    return (
                        "{kind=\"\(kind.rawValue)\",status=\"\(statusClass)xx\"}",
                        String(answers[answered] ?? 0)
                    )
                }
            })
        add(
            "ferry_http_connections", "gauge", "Connections of browsers and programs.",
            [("", String(connections))])
        add(
            "ferry_http_connections_closed_total", "counter",
            "Connections closed by the service since the start, by reason.",
            ConnectionRoll.Closed.all.map {
                ("{reason=\"\($0.name)\"}", String(closed[$0] ?? 0))
            })
        add(
            "ferry_http_body_bytes", "gauge", "Bytes of bodies that are being read.",
            [("", String(bodyBytes))])
        add(
            "ferry_process_start_seconds", "gauge", "When the process started, since 1970.",
            [("", "\(startedAt / 1_000).\(String(1_000 + startedAt % 1_000).dropFirst())")])
        return lines.joined(separator: "\n") + "\n"
    }
}
