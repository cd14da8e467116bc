import CSystemd
import Glibc
import SessionHealth

/// Notices changes of files by watching folders: a file that is replaced, created, removed or reached through symlinks,
/// also when its folder does not exist yet.
package final class FolderWatch {
    private static let changes =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
        | UInt32(IN_ATTRIB) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    private static let moves = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    private static let folderIsGone =
        UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT) | UInt32(IN_Q_OVERFLOW)

    private let loop: EventLoop
    private let onChange: (Set<String>) -> Void
    private var paths: Set<String> = []
    /// For each watched folder, which names in it matter, and the paths asked for that they lead to.
    private var folders: [String: [String: Set<String>]] = [:]
    private var sources: [String: EventSource] = [:]

    /// - Parameter onChange: gets those of the watched paths that may have changed.
    package init(_ loop: EventLoop, onChange: @escaping (Set<String>) -> Void) {
        self.loop = loop
        self.onChange = onChange
    }

    /// Watches just these files and folders from now on. Of a folder, every entry counts.
    /// - Returns: those whose watch is new: what happened to them before is not known.
    @discardableResult
    package func watch(_ paths: Set<String>) throws(SystemError) -> Set<String> {
        self.paths = paths
        return try follow()
    }

    private func follow() throws(SystemError) -> Set<String> {
        var wanted: [String: [String: Set<String>]] = [:]
        let inFolders = Dictionary(grouping: paths.map { (FolderEntry(path: $0), path: $0) }) { $0.0.folder }
        for (folder, entries) in inFolders {
            let way = FolderWay(to: folder)
            for (entry, path) in entries {
                for step in way.steps(to: entry.name) {
                    wanted[step.folder, default: [:]][step.name, default: []].insert(path)
                }
            }
        }
        // Folders above may be moved away with all that is in them: of those, nothing else matters.
        for folder in wanted.keys {
            var above = FolderEntry(path: folder).folder
            while above != "/", wanted[above] == nil {
                wanted[above] = [:]
                above = FolderEntry(path: above).folder
            }
        }
        // What a folder is watched for may be different now.
        sources = sources.filter { wanted[$0.key].map(\.isEmpty) == folders[$0.key]?.isEmpty }
        folders = wanted
        var fresh: Set<String> = []
        for (folder, names) in wanted where sources[folder] == nil {
            do {
                let isAbove = names.isEmpty
                let what = isAbove ? FolderWatch.moves : FolderWatch.changes
                let mask = what | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)
                sources[folder] = try loop.inotify(folder, mask, priority: isAbove ? 1 : 0) { [weak self] mask, name in
                    self?.changed(folder, mask, name)
                }
            } catch  where error.number == ENOENT || error.number == ENOTDIR || error.number == EACCES {
                // Gone since it was walked, or not ours to see: its parent's watch tells when that changes.
                continue
            }
            fresh.formUnion(names.values.joined())
        }
        return fresh
    }

    private func changed(_ folder: String, _ mask: UInt32, _ name: String) {
        var affected = folders[folder]?[name] ?? []
        affected.formUnion(folders[folder]?[FolderEntry.every] ?? [])
        if mask & FolderWatch.folderIsGone != 0 {
            let within = folders.filter { $0.key == folder || $0.key.hasPrefix(folder + "/") }
            for (name, names) in within {
                sources[name] = nil
                affected.formUnion(names.values.joined())
            }
        }
        guard !affected.isEmpty else { return }
        affected.formUnion((try? follow()) ?? [])
        onChange(affected)
    }
}

/// A name in a real folder, on the way to a path.
private struct FolderEntry {
    /// Stands for each name in the folder.
    static let every = ""

    var folder: String
    var name: String

    init(path: String) {
        // Bytes, as the kernel does; a name that begins with a combining mark would hide its slash among characters.
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

    /// The entries that decide what `path` leads to: each symlink on the way, what is missing of it, and its last name.
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
            if !exists || isLink || names.isEmpty { entries.append(entry) }
            guard exists else { return entries }
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

    private static func readLink(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}

/// The way to a folder, walked once for all the files in it.
private struct FolderWay {
    private let above: [FolderEntry]
    /// The real folder, where there is one.
    private let folder: String?

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

    /// The entries that decide what a name in the folder leads to.
    func steps(to name: String) -> [FolderEntry] {
        guard let folder else { return above }
        let entry = FolderEntry(folder: folder, name: name)
        var info = stat()
        let kind = lstat(entry.path, &info) == 0 ? info.st_mode & S_IFMT : 0
        return above + (kind == S_IFLNK || kind == S_IFDIR ? FolderEntry.walk(to: entry.path) : [entry])
    }
}
