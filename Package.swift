// swift-tools-version: 6.2
// One daemon, its one-exchange network helper, and an Identity Center on loopback to try them against.
// Formatting: `swift format lint --strict`, 4 spaces, 120 columns (.swift-format). Warnings are errors.
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Linked statically, the Swift runtime asks for every symbol to be exported, and so nothing unused could be dropped.
let exportsNothing: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "--no-export-dynamic"])]

/// They run once: to optimise them would take longer than it saves.
let runsOnce: [SwiftSetting] = strict + [.unsafeFlags(["-Onone"])]

let package = Package(
    name: "bedrock-agent",
    products: [
        .executable(name: "bedrock-agent", targets: ["bedrock-agent"]),
        .executable(name: "bedrock-agent-net", targets: ["bedrock-agent-net"]),
        .executable(name: "bedrock-sandbox", targets: ["bedrock-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CMD", pkgConfig: "libmd", providers: [.apt(["libmd-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "Digest", dependencies: ["CMD"], swiftSettings: strict),
        .target(
            name: "SessionHealth", dependencies: ["Digest"], swiftSettings: strict + [.strictMemorySafety()]),
        .target(name: "Host", dependencies: ["SessionHealth", "Digest", "CSystemd"], swiftSettings: strict),
        .executableTarget(
            name: "bedrock-agent",
            dependencies: [
                "Host", "SessionHealth", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict, linkerSettings: exportsNothing),
        .executableTarget(
            name: "bedrock-agent-net",
            dependencies: [
                "CCurl", "Digest", "Host", "SessionHealth",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "bedrock-sandbox",
            dependencies: [
                "Digest", .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "plan-benchmark", dependencies: ["SessionHealth"], path: "Tests/Benchmarks/plan",
            swiftSettings: strict),
        .target(
            name: "FuzzSubjects", dependencies: ["Host", "SessionHealth"], path: "Tests/Fuzz/Subjects",
            swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["FuzzSubjects"], path: "Tests/Fuzz/Replay", swiftSettings: runsOnce),
        .testTarget(name: "DigestTests", dependencies: ["Digest"], swiftSettings: runsOnce),
        .testTarget(name: "SessionHealthTests", dependencies: ["SessionHealth"], swiftSettings: runsOnce),
        .testTarget(
            name: "Simulation", dependencies: ["SessionHealth"], path: "Tests/Simulation", swiftSettings: strict),
        .testTarget(name: "HostTests", dependencies: ["Host", "SessionHealth", "CSystemd"], swiftSettings: runsOnce),
    ]
)

// Tests/Fuzz/run sets this: the program links libFuzzer, which that script finds.
if Context.environment["BEDROCK_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzSubjects"], path: "Tests/Fuzz/Guided", swiftSettings: strict))
}
