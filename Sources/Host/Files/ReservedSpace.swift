import Glibc

/// Disk space in a folder, reserved until released, so that a later write there cannot run out of space.
package struct ReservedSpace: ~Copyable {
    /// A file that was unlinked right after its creation.
    private let file: OwnedDescriptor

    package init(in folder: String, bytes: Int) throws(SystemError) { file = try reserve(bytes, in: folder) }

    package consuming func release() {}
}

private func reserve(_ bytes: Int, in folder: String) throws(SystemError) -> OwnedDescriptor {
    let operation = "keep \(bytes / 1024) kB free in"
    var path = Array("\(folder)/.room.XXXXXX".utf8CString)
    let number = mkstemp(&path)
    guard number >= 0 else { throw SystemError(operation, folder) }
    let file = OwnedDescriptor(number)
    unlink(path)
    let code = posix_fallocate(number, 0, bytes)
    guard code == 0 else { throw SystemError(operation, folder, code) }
    return file
}
