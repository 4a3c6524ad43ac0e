import ArgumentParser
import Profiles

/// Ids are numbers on a command line.
extension Identifier: ExpressibleByArgument {
    /// Nil for what is no number.
    package init?(argument: String) { self.init(argument) }
}
