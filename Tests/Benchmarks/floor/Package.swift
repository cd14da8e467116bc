// swift-tools-version: 6.2
// What the benchmarks compare with: the least that a Swift program with the same libraries can cost.
import PackageDescription

let package = Package(
    name: "floor",
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .executableTarget(name: "floor", dependencies: ["CSystemd"]),
        .executableTarget(name: "flood"),
    ]
)
