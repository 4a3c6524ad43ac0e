import Phrases

/// What browsers say of themselves, in words by which people know them again.
enum BrowserText {
    /// Marks in the order in which they decide: browsers name those they descend from as well.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
        ("Safari/", "Safari"), ("curl/", "curl"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// `Firefox on Linux`; the beginning of the text itself when nothing in it is known.
    static func name(of agent: String, _ book: PhraseBook) -> String {
        let browser = browsers.first { agent.contains($0.0) }?.1
        let system = systems.first { agent.contains($0.0) }?.1
        switch (browser, system) {
        case (let browser?, let system?):
            return book.text(.accountBrowserOn, ["browser": browser, "system": system])
        case (let known?, nil), (nil, let known?): return known
        case (nil, nil): return agent.isEmpty ? "–" : String(agent.prefix(40))
        }
    }
}
