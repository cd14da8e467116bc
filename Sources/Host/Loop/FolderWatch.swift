import CSystemd
import Glibc

/// Notices changes of files by watching folders. It also notices files that are replaced, created, removed or reached
/// through symbolic links, and files whose folder does not exist yet.
package final class FolderWatch {
    private static let changes =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
        | UInt32(IN_ATTRIB) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    private static let moves = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    private static let folderIsGone =
        UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT) | UInt32(IN_Q_OVERFLOW)
    /// How often to walk the paths again while they change before everything on them is watched.
    private static let mostRounds = 8

    private struct Watched {
        let source: EventSource
        /// The folder at the path just before the watch was added.
        let folder: FolderIdentity?
    }

    private let loop: EventLoop
    private let onChange: (Set<String>) -> Void
    /// The requested paths by their folders, each with its name in it.
    private var paths: [String: [(name: String, path: String)]] = [:]
    /// For each watched folder: the names in it that matter, and for each name the requested paths that depend on it.
    private var folders: [String: [String: [String]]] = [:]
    private var watched: [String: Watched] = [:]
    /// Folders that this user may not read. The parent folder is watched for them.
    private var unreadable: Set<String> = []
    private var news: EventSource?

    /// The requested paths whose changes may go unnoticed, and why: a kernel limit is reached (`ENOSPC`, `EMFILE`), or
    /// the files in a folder can be used but the folder cannot be read (`EACCES`). Each call of `watch`, and each
    /// change, tries again.
    package private(set) var unwatched: [String: SystemError] = [:]

    /// - Parameter onChange: gets the requested paths that may have changed.
    package init(_ loop: EventLoop, onChange: @escaping (Set<String>) -> Void) {
        self.loop = loop
        self.onChange = onChange
    }

    /// Watches exactly these files and folders from now on. In a folder, every entry counts.
    /// - Returns: the paths that were not watched before; they may have changed unnoticed.
    /// - Throws: why some paths are not watched (see `unwatched`); all others are.
    @discardableResult
    package func watch(_ paths: Set<String>) throws(SystemError) -> Set<String> {
        self.paths = [:]
        for path in paths {
            let entry = FolderEntry(path: path)
            self.paths[entry.folder, default: []].append((entry.name, path))
        }
        let replaced = dropReplaced()
        let fresh = follow()
        if !replaced.isEmpty { news = try loop.later { [weak self] in self?.onChange(replaced) } }
        if let first = unwatched.min(by: { $0.key < $1.key }) { throw first.value }
        return fresh
    }

    /// Drops the watches of folders that were replaced: the kernel does not report a file system mounted over one.
    /// - Returns: the paths in these folders.
    private func dropReplaced() -> Set<String> {
        var affected: Set<String> = []
        for (folder, known) in watched where known.folder != FolderIdentity(of: folder) {
            watched[folder] = nil
            affected.formUnion(within(folder).values.flatMap { $0.values.joined() })
        }
        return affected
    }

    /// Adds the missing watches for the paths.
    private func follow() -> Set<String> {
        var fresh: Set<String> = []
        for round in 0..<FolderWatch.mostRounds {
            // The folders first: what they hold is looked at once they are watched.
            set(folders: wanted(looksAtFiles: round > 0))
            unwatched = [:]
            // A change between walking the path and adding the watch goes unnoticed, so the path is walked again.
            var looksAgain = false
            for (folder, names) in folders where watched[folder] == nil {
                do {
                    watched[folder] = try begin(folder, isAbove: names.isEmpty)
                    fresh.formUnion(names.values.joined())
                    unreadable.remove(folder)
                    looksAgain = true
                } catch {
                    if failed(folder, error) { looksAgain = true }
                }
            }
            if !looksAgain, round > 0 { break }
        }
        return fresh
    }

    /// Notes that a folder is not watched.
    /// - Returns: whether the set of folders to watch has changed.
    private func failed(_ folder: String, _ error: SystemError) -> Bool {
        let isAbove = folders[folder]?.isEmpty != false
        switch error.number {
        // Removed since the path was walked.
        case ENOENT, ENOTDIR: return true
        case EACCES:
            // An unreadable folder's own moves cannot be noticed either. Only usable files in it are reported.
            if isAbove { return false }
            for (name, paths) in folders[folder] ?? [:] where isUsable(name, in: folder) { note(error, paths) }
            return unreadable.insert(folder).inserted
        default:
            for names in within(folder).values { names.values.forEach { note(error, $0) } }
            return false
        }
    }

    private func note(_ error: SystemError, _ paths: [String]) {
        for path in paths { unwatched[path] = unwatched[path] ?? error }
    }

    /// Whether a file of this name is usable, or could be created. A link does not count: its target is checked
    /// instead.
    private func isUsable(_ name: String, in folder: String) -> Bool {
        var info = stat()
        guard lstat(FolderEntry(folder: folder, name: name).path, &info) == 0 else { return errno == ENOENT }
        return info.st_mode & S_IFMT != S_IFLNK
    }

    /// The entries of `folders` for a folder and everything below it.
    private func within(_ folder: String) -> [String: [String: [String]]] {
        folders.filter { $0.key == folder || $0.key.hasPrefix(folder + "/") }
    }

    /// The folders that decide what the paths lead to.
    /// - Parameter looksAtFiles: else each is taken for a plain file, and no link.
    private func wanted(looksAtFiles: Bool) -> [String: [String: [String]]] {
        var wanted: [String: [String: [String]]] = [:]
        func want(_ step: FolderEntry, _ paths: [String]) {
            wanted[step.folder, default: [:]][step.name, default: []] += paths
        }
        for (folder, files) in paths {
            let way = FolderWay(to: folder)
            for step in way.above { want(step, files.map(\.path)) }
            guard let real = way.folder else { continue }
            // Taken out meanwhile: thousands of files may be in it.
            var names = wanted.removeValue(forKey: real) ?? [:]
            for file in files { names[file.name, default: []].append(file.path) }
            wanted[real] = names
            guard looksAtFiles else { continue }
            for file in files {
                for step in FolderEntry(folder: real, name: file.name).beyond { want(step, [file.path]) }
            }
        }
        unreadable.formIntersection(wanted.keys)
        for folder in unreadable.sorted(by: >) {
            let entry = FolderEntry(path: folder)
            let paths = wanted[folder].map { Array($0.values.joined()) } ?? []
            wanted[entry.folder, default: [:]][entry.name, default: []] += paths
        }
        // Parent folders may be moved away with their contents; nothing else about them matters.
        for folder in wanted.keys {
            var above = FolderEntry(path: folder).folder
            while above != "/", wanted[above] == nil {
                wanted[above] = [:]
                above = FolderEntry(path: above).folder
            }
        }
        return wanted
    }

    private func set(folders wanted: [String: [String: [String]]]) {
        // Drop the watches that need another mask now.
        watched = watched.filter { wanted[$0.key].map(\.isEmpty) == folders[$0.key]?.isEmpty }
        folders = wanted
    }

    private func begin(_ folder: String, isAbove: Bool) throws(SystemError) -> Watched {
        let identity = FolderIdentity(of: folder)
        let what = isAbove ? FolderWatch.moves : FolderWatch.changes
        let mask = what | UInt32(IN_ONLYDIR) | UInt32(IN_EXCL_UNLINK)
        let source = try loop.inotify(folder, mask, priority: isAbove ? 1 : 0) { [weak self] mask, name in
            self?.changed(folder, mask, name)
        }
        return Watched(source: source, folder: identity)
    }

    private func changed(_ folder: String, _ mask: UInt32, _ name: String) {
        let names = folders[folder] ?? [:]
        // An event on the folder itself concerns everything in it.
        var affected = name.isEmpty ? Set(names.values.joined()) : Set(names[name] ?? [])
        affected.formUnion(names[FolderEntry.every] ?? [])
        if mask & FolderWatch.folderIsGone != 0 {
            for (name, names) in within(folder) {
                watched[name] = nil
                affected.formUnion(names.values.joined())
            }
        }
        guard !affected.isEmpty else { return }
        affected.formUnion(follow())
        onChange(affected)
    }
}

/// Identifies the folder at a path.
private struct FolderIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64

    /// Nil if nothing is there.
    init?(of path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        (device, inode) = (UInt64(info.st_dev), UInt64(info.st_ino))
    }
}
