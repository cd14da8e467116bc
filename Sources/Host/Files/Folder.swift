import CSystemd
import Glibc

/// Operations on folders, by path.
package enum Folder {
    /// The folder that holds a path.
    package static func holding(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The highest of the folders on a path that is none: another kind of file, or a loop of links; nil if there is none.
    static func obstacle(to path: String) -> String? {
        highest(above: path) { folder in
            var info = stat()
            return stat(folder, &info) == 0 ? info.st_mode & S_IFMT != S_IFDIR : errno == ELOOP
        }
    }

    /// The highest of the folders on a path, below the root, of which this holds.
    static func highest(above path: String, where holds: (String) -> Bool) -> String? {
        var found: String?
        var folder = holding(path)
        while folder != "/", folder != "." {
            if holds(folder) { found = folder }
            folder = holding(folder)
        }
        return found
    }

    /// Makes a path absolute.
    static func absolute(_ path: String) throws(SystemError) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let current = getcwd(nil, 0) else { throw SystemError("find the folder of", path) }
        defer { free(current) }
        return "\(String(cString: current))/\(path)"
    }

    /// Where the symbolic link at a path leads, and who owns it; nil if there is none, or we may not look.
    /// - Throws: if the disk does not say.
    static func link(at path: String) throws(SystemError) -> (target: String, owner: UInt32)? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(path, &buffer, buffer.count)
        var status = stat()
        guard length >= 0, lstat(path, &status) == 0 else {
            let error = SystemError("look at", path)
            if error.isPassing { throw error }
            return nil
        }
        return (String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self), status.st_uid)
    }

    /// The path without any link in it; nil where it leads nowhere.
    package static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// The path without slashes at its end.
    static func plain(_ path: String) -> String {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return String(path)
    }

    /// Creates a folder and its missing parents (0700); an existing one is left as it is.
    package static func create(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        let parent = holding(path)
        guard errno == ENOENT, parent != path else { throw SystemError("create the folder", path) }
        try create(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw SystemError("create the folder", path) }
    }

    /// The missing folders on a path, deepest first.
    /// - Throws: if the disk does not say.
    static func missing(_ path: String) throws(SystemError) -> [String] {
        guard access(path, F_OK) != 0 else { return [] }
        let error = SystemError("look at", path)
        if error.isPassing { throw error }
        // What we may not look at may be there.
        return error.number != ENOENT || holding(path) == path ? [] : [path] + (try missing(holding(path)))
    }

    /// The names in a folder, sorted by their bytes; empty if it cannot be read.
    package static func names(in folder: String) -> [String] { (try? entries(of: folder)) ?? [] }

    /// The names in a folder, sorted by their bytes.
    static func entries(of folder: String) throws(SystemError) -> [String] {
        guard let stream = opendir(folder) else { throw SystemError("read", folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Creates a folder for this user only (0700), or restricts an existing one to that mode.
    /// - Throws: also if somebody else owns the folder (`EPERM`).
    package static func makePrivate(_ path: String) throws(SystemError) {
        try create(path)
        var status = stat()
        guard lstat(path, &status) == 0 else { throw SystemError("look at the folder", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError("use as a folder", path, ENOTDIR) }
        guard status.st_uid == geteuid() else { throw SystemError("use somebody else's folder", path, EPERM) }
        guard status.st_mode & 0o077 == 0 || chmod(path, 0o700) == 0 else { throw SystemError("make private", path) }
    }

    /// Syncs a folder, so that renames in it survive a power cut, where the file system supports that.
    static func sync(_ path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw SystemError("sync", path) }
    }
}
