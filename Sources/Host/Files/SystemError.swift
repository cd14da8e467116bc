import Glibc

/// A failed system call.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// What was attempted, as it follows "cannot": `write`, `create a folder`.
    package let operation: String
    package let path: String
    /// The errno.
    package let number: Int32

    package init(_ operation: String, _ path: String, _ number: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.number = number
    }

    /// The system's message for the errno.
    package var reason: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }

    /// The next try may succeed: it failed for the state of the system, or of the disk, and not for what the file is.
    package var isPassing: Bool {
        ![ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, EISDIR, EINVAL, EFBIG, ENAMETOOLONG].contains(number)
    }

    /// What failed, where, and what to do.
    package var description: String {
        let advice: String? =
            switch number {
            case EACCES, EPERM: "check the owner and the mode of the file and of its folder"
            case EROFS: "this file system is read-only: change the file at its source, or move it to a writable place"
            case ENOSPC, EDQUOT: "free some space there"
            case ELOOP: "its symbolic links form a loop: remove one"
            case ENOTDIR, EISDIR, EEXIST: "move away whatever has that name"
            case EFBIG: "it is larger than any such file should be: check what wrote it"
            case EBUSY: "another program keeps writing it: close that program, then try again"
            default: nil
            }
        return "cannot \(operation) \(path): \(reason)" + (advice.map { " (\($0))" } ?? "")
    }
}
