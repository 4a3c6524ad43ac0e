// swift-tools-version: 6.3
import PackageDescription

/// One name per folder of `Sources/Destinations`.
let destinations = ["ActiveCampaign"]

let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A room and its tests. `imports` are the rooms before it and the packages it may use; the layering
/// test in `Tests/HouseTests` holds the same table. Files under the folders that `embeds` names become part
/// of the program.
func room(
    _ name: String, imports: [Target.Dependency] = [], tests: [Target.Dependency] = [],
    path: String? = nil, documents: [String] = [], embeds: [String] = []
) -> [Target] {
    [
        .target(
            name: name, dependencies: imports, path: path, exclude: documents + embeds,
            swiftSettings: house, plugins: embeds.isEmpty ? [] : ["EmbedAssets"]),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.target(name: name), "TestSupport"] + tests,
            path: path.map { $0.replacing("Sources", with: "Tests") + "Tests" },
            swiftSettings: house),
    ]
}

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
/// The C interface, for loops that run once per person.
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
/// Scrypt.
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
/// Bytes, headers and errors of the HTTP client below.
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(
    name: "HummingbirdTesting", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
/// The parts of requests and answers as handlers of a connection see them.
let httpParts: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let collections: Target.Dependency = .product(
    name: "DequeModule", package: "swift-collections")

/// The rooms that hold values and meanings alone.
let pure: [Target.Dependency] = [
    "Profiles", "Segments", "Exports", "Schedules", "Access", collections,
]
/// What tests of whole runs stand on.
func worlds(around room: String) -> [Target.Dependency] {
    [
        "Profiles", "Segments", "Exports", "Schedules", "Access", "Transport", "Store",
        "SQLiteEngine", "Delivery", "Acts", "Service",
    ].filter { $0 != room }.map { .byName(name: $0) }
}

let package = Package(
    name: "ferry",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        room("Profiles"),
        room("Segments", imports: ["Profiles"], tests: ["Profiles", "Phrases", "Web"]),
        room("Schedules", imports: ["Profiles"], tests: ["Profiles"]),
        room(
            "Exports", imports: ["Profiles", "Segments", "Schedules"],
            tests: ["Profiles", "Segments", "Schedules"]),
        room("Access", imports: ["Profiles", crypto, cryptoExtras], tests: ["Profiles"]),
        room("Transport", imports: [httpClient] + nio),
        room(
            "RuleSQL", imports: ["Profiles", "Segments"], tests: ["Profiles", "Segments"]),
        room("Phrases", embeds: ["Tables"]),
        destinations.flatMap {
            room(
                $0, imports: ["Profiles", "Exports", "Transport"],
                tests: ["Profiles", "Exports", "Transport"],
                path: "Sources/Destinations/\($0)", documents: ["README.md"])
        },
        room(
            "SQLiteKit", imports: ["Profiles", grdb, sqlite], tests: [grdb],
            path: "Sources/Engines/SQLiteKit"),
        room(
            "SQLiteEngine",
            imports: ["Profiles", "Segments", "Exports", "RuleSQL", "SQLiteKit", grdb, sqlite],
            tests: [
                "Profiles", "Segments", "Exports", "RuleSQL", "SQLiteKit", "EngineConformance",
                grdb, sqlite,
            ],
            path: "Sources/Engines/SQLite"),
        room(
            "Store",
            imports: [
                "Profiles", "Segments", "Exports", "Schedules", "Access", "SQLiteKit", grdb, sqlite,
            ],
            tests: [
                "Profiles", "Segments", "Exports", "Schedules", "Access", "SQLiteKit",
                "SQLiteEngine", grdb, sqlite,
            ]),
        room(
            "Delivery", imports: pure + ["Transport", "Store"], tests: worlds(around: "Delivery")),
        room(
            "Acts", imports: pure + ["Transport", "Store", "Delivery"],
            tests: worlds(around: "Acts")),
        room(
            "Service", imports: pure + ["Transport", "Store", "Delivery", "Acts", logging],
            tests: worlds(around: "Service") + [logging]),
        room(
            "Sandbox",
            imports: ["Phrases", hummingbird, httpTypes, mustache, logging, collections] + nio,
            documents: ["README.md"]),
        room(
            "Web",
            imports: [
                "Profiles", "Segments", "Exports", "Schedules", "Access", "Phrases", "Store",
                "Delivery", "Acts", "Service", hummingbird, hummingbirdCore, httpTypes, httpParts,
                mustache, logging, nio[0], yams, lifecycle, collections,
            ],
            tests: worlds(around: "Web") + [
                "Phrases", "ActiveCampaign", "LoyaltyClub", "Sandbox", "EngineConformance",
                hummingbird, hummingbirdTesting, httpTypes, logging, nio[0], grdb,
            ],
            embeds: ["Assets", "Templates"]),
        [
            .plugin(
                name: "EmbedAssets", capability: .buildTool(), dependencies: ["embed-assets"]),
            .executableTarget(name: "embed-assets", swiftSettings: house),
            .executableTarget(
                name: "ferry",
                dependencies: [
                    "Profiles", "Segments", "Exports", "Schedules", "Access", "Transport",
                    "Phrases",
                    "SQLiteKit", "SQLiteEngine", "Store", "Delivery", "Acts", "Service", "Sandbox",
                    "Web", logging, arguments, yams,
                ] + destinations.map { .target(name: $0) },
                swiftSettings: house),
            .target(
                name: "TestSupport", dependencies: ["Profiles", "Exports", "Transport"],
                path: "Tests/Support",
                swiftSettings: house),
            .target(
                name: "LoyaltyClub",
                dependencies: ["Profiles", "Exports", "Transport", "TestSupport"],
                path: "Tests/Destinations/LoyaltyClub", swiftSettings: house),
            .testTarget(
                name: "LoyaltyClubTests",
                dependencies: [
                    "Profiles", "LoyaltyClub", "Exports", "TestSupport",
                ],
                path: "Tests/Destinations/LoyaltyClubTests", swiftSettings: house),
            .target(
                name: "EngineConformance",
                dependencies: ["Profiles", "Segments", "Exports", "TestSupport"],
                path: "Tests/EngineConformance", swiftSettings: house),
            .testTarget(name: "HouseTests", swiftSettings: house),
            .testTarget(
                name: "FlowTests",
                dependencies: worlds(around: "FlowTests") + [
                    "Sandbox", "ActiveCampaign", "LoyaltyClub", "TestSupport",
                ],
                swiftSettings: house),
        ],
    ].flatMap { $0 },
    swiftLanguageModes: [.v6]
)
