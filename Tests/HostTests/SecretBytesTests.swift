import Glibc
import Host
import Testing

@Suite struct SecretBytesTests {
    let folder = TemporaryFolder()

    @Test func readsTheWholeFile() throws {
        folder.write("secret", to: "f", mode: 0o640)
        let secret = try SecretBytes(reading: folder["f"])
        #expect(secret.withBytes { $0.count } == 6)
        #expect(secret.mode == 0o640)
        // SHA-256 of "secret".
        #expect(secret.fingerprint == "e5e9fa1ba31ecd1ae84f75ca")
    }

    /// `/proc/self/mem` is a regular file, but nothing is mapped at its start.
    @Test func aReadThatFailsIsNotTheEndOfTheFile() {
        symlink("/proc/self/mem", folder["f"])
        #expect(throws: SystemError("read", folder["f"], EIO)) { _ = try SecretBytes(reading: folder["f"]) }
        #expect(throws: SystemError("read", folder["f"], EIO)) { try FileContent(of: folder["f"], limit: 9) }
    }

    /// A file may be longer than its size says, as in /proc.
    @Test func aFileThatIsLongerThanItSaysIsReadToItsEnd() throws {
        let maps = try #require(try FileContent(of: "/proc/self/maps", limit: 16 << 20))
        #expect(maps.bytes.count > 4096 && maps.bytes.last == UInt8(ascii: "\n"))
        #expect(throws: SystemError("read", "/proc/self/maps", EFBIG)) {
            try FileContent(of: "/proc/self/maps", limit: 4100)
        }
    }
}
