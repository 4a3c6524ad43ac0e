/// Where profiles live and rules are counted: a port for reading, which every engine has, and three that it may
/// have not. The embedded engine has all four and is the default; in another one a rule means the same.
///
/// The ports block whoever calls them. Only what has a thread of its own for that, planning and imports, calls
/// them directly; everybody else asks the engine by the methods of `ProfileEngine+Asking.swift`, which wait
/// beside the threads on which requests are answered.
package protocol ProfileEngine: Sendable {
    var reading: any ProfileReading { get }
    var importing: (any ProfileImporting)? { get }
    var staticMembers: (any StaticMembers)? { get }
    var search: (any ProfileSearch)? { get }
}

extension ProfileEngine {
    package var abilities: EngineAbilities {
        var abilities: Set<EngineAbilities.Ability> = []
        if importing != nil { abilities.insert(.importing) }
        if staticMembers != nil { abilities.insert(.staticMembers) }
        if search != nil { abilities.insert(.search) }
        return EngineAbilities(abilities)
    }

    /// Throws `EngineError.unavailable` when files cannot become profiles here.
    package func requireImporting() throws(EngineError) -> any ProfileImporting {
        guard let importing else { throw EngineError(unavailable: .importing) }
        return importing
    }

    /// Throws `EngineError.unavailable` when segments cannot be fixed sets here.
    package func requireStaticMembers() throws(EngineError) -> any StaticMembers {
        guard let staticMembers else { throw EngineError(unavailable: .staticMembers) }
        return staticMembers
    }

    /// Throws `EngineError.unavailable` when profiles cannot be found by words here.
    package func requireSearch() throws(EngineError) -> any ProfileSearch {
        guard let search else { throw EngineError(unavailable: .search) }
        return search
    }
}
