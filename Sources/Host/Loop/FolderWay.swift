import CSystemd
import Glibc

/// A name in a real folder, on the way to a path.
struct FolderEntry {
    /// Stands for every name in the folder.
    static let every = ""

    var folder: String
    var name: String

    init(path: String) {
        // Bytes, as in the kernel: as Characters, a slash followed by a combining mark would not be found.
        let bytes = path.utf8
        let slash = bytes.lastIndex(of: UInt8(ascii: "/")) ?? bytes.startIndex
        folder = slash == bytes.startIndex ? "/" : String(path[..<slash])
        name = String(path[bytes.index(after: slash)...])
    }

    init(folder: String, name: String) {
        self.folder = folder
        self.name = name
    }

    var path: String { folder == "/" ? "/" + name : folder + "/" + name }

    /// The entries that decide what `path` leads to: each symbolic link on the way, the first missing part, and the
    /// last name.
    static func walk(to path: String) -> [FolderEntry] {
        var entries: [FolderEntry] = []
        var folder = "/"
        var names = path.split(separator: "/").map(String.init)
        var linksLeft = 40
        while !names.isEmpty {
            let entry = FolderEntry(folder: folder, name: names.removeFirst())
            if entry.name == "." { continue }
            if entry.name == ".." {
                folder = FolderEntry(path: folder).folder
                continue
            }
            var info = stat()
            let exists = lstat(entry.path, &info) == 0
            let isLink = exists && info.st_mode & S_IFMT == S_IFLNK
            let leadsOn = isLink || exists && info.st_mode & S_IFMT == S_IFDIR
            if !leadsOn || isLink || names.isEmpty { entries.append(entry) }
            guard leadsOn else { return entries }
            if isLink, linksLeft > 0, let target = readLink(entry.path) {
                linksLeft -= 1
                if target.hasPrefix("/") { folder = "/" }
                names = target.split(separator: "/").map(String.init) + names
            } else if names.isEmpty, info.st_mode & S_IFMT == S_IFDIR {
                entries.append(FolderEntry(folder: entry.path, name: every))
            } else {
                folder = entry.path
            }
        }
        return entries
    }

    /// The entries that decide what a link or a folder leads to; none for anything else.
    var beyond: [FolderEntry] {
        let path = path
        var info = stat()
        guard lstat(path, &info) == 0 else { return [] }
        let kind = info.st_mode & S_IFMT
        return kind == S_IFLNK || kind == S_IFDIR ? FolderEntry.walk(to: path) : []
    }

    private static func readLink(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}

/// The entries on the way to a folder, found once for all files in it.
struct FolderWay {
    let above: [FolderEntry]
    /// The real folder, if it exists.
    let folder: String?

    init(to path: String) {
        let entries = FolderEntry.walk(to: path)
        guard let inside = entries.last, inside.name == FolderEntry.every else {
            above = entries
            folder = nil
            return
        }
        above = entries.dropLast().filter { $0.path != inside.folder }
        folder = inside.folder
    }
}
