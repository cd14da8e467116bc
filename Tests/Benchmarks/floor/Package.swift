// swift-tools-version: 6.2
// The baseline of the benchmarks: the minimum cost of a Swift program with the same libraries.
import PackageDescription

let package = Package(
    name: "floor",
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .executableTarget(name: "floor", dependencies: ["CSystemd"]),
        .executableTarget(name: "flood"),
    ]
)
