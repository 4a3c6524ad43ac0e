import Dispatch

/// Threads on which runs are carried out. Planning computes for seconds without a pause, and must not take
/// the few threads on which requests are answered.
package final class RunThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "ferry.runs", attributes: .concurrent)

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
