import CSystemd
import Glibc

/// Notices changes of files by watching folders: a file that is replaced, created, removed or reached through symlinks,
/// also when its folder does not exist yet.
package final class FolderWatch {
    private static let changes =
        UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO)
        | UInt32(IN_ATTRIB) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    private static let moves = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)
    private static let folderIsGone =
        UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT) | UInt32(IN_Q_OVERFLOW)
    /// Looks at the way to the files, while others change it and nothing is watched yet.
    private static let mostRounds = 8

    private struct Watched {
        let source: EventSource
        /// The folder that had the path just before.
        let folder: FolderIdentity?
    }

    private let loop: EventLoop
    private let onChange: (Set<String>) -> Void
    private var paths: Set<String> = []
    /// For each watched folder, which names in it matter, and the paths asked for that they lead to.
    private var folders: [String: [String: Set<String>]] = [:]
    private var watched: [String: Watched] = [:]
    /// Folders that this user may not read: of these, the folder above tells.
    private var unreadable: Set<String> = []
    private var news: EventSource?

    /// Those of the paths whose changes may go unnoticed, and why: the limits of the kernel are reached (`ENOSPC`,
    /// `EMFILE`), or what is in a folder may be used, but not the folder be read (`EACCES`). Each call of `watch`, and
    /// each change, tries again.
    package private(set) var unwatched: [String: SystemError] = [:]

    /// - Parameter onChange: gets those of the watched paths that may have changed.
    package init(_ loop: EventLoop, onChange: @escaping (Set<String>) -> Void) {
        self.loop = loop
        self.onChange = onChange
    }

    /// Watches just these files and folders from now on. Of a folder, every entry counts.
    /// - Returns: those whose watch is new: what happened to them before is not known.
    /// - Throws: why some are not watched, which `unwatched` names; all the others are.
    @discardableResult
    package func watch(_ paths: Set<String>) throws(SystemError) -> Set<String> {
        self.paths = paths
        let replaced = dropReplaced()
        let fresh = follow()
        if !replaced.isEmpty { news = try loop.later { [weak self] in self?.onChange(replaced) } }
        if let first = unwatched.min(by: { $0.key < $1.key }) { throw first.value }
        return fresh
    }

    /// Forgets the folders that are others now: the kernel does not tell that a file system was mounted over one.
    /// - Returns: the paths in them.
    private func dropReplaced() -> Set<String> {
        var affected: Set<String> = []
        for (folder, known) in watched where known.folder != FolderIdentity(of: folder) {
            watched[folder] = nil
            affected.formUnion(within(folder).values.flatMap { $0.values.joined() })
        }
        return affected
    }

    /// Watches what leads to the paths now.
    private func follow() -> Set<String> {
        var fresh: Set<String> = []
        for _ in 0..<FolderWatch.mostRounds {
            set(folders: wanted())
            unwatched = [:]
            // What was changed between the look at the way and the watch of it went unnoticed: it is looked at again.
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
            if !looksAgain { break }
        }
        return fresh
    }

    /// Notes that a folder is not watched.
    /// - Returns: whether the way to the paths is another one for that.
    private func failed(_ folder: String, _ error: SystemError) -> Bool {
        let isAbove = folders[folder]?.isEmpty != false
        switch error.number {
        // Gone since it was looked at.
        case ENOENT, ENOTDIR: return true
        case EACCES:
            // Who may not read a folder is not told of its move either: only of what is in it, and may be used.
            if isAbove { return false }
            for (name, paths) in folders[folder] ?? [:] where isUsable(name, in: folder) { note(error, paths) }
            return unreadable.insert(folder).inserted
        default:
            for names in within(folder).values { names.values.forEach { note(error, $0) } }
            return false
        }
    }

    private func note(_ error: SystemError, _ paths: Set<String>) {
        for path in paths { unwatched[path] = unwatched[path] ?? error }
    }

    /// Whether a file of this name can be used, or could if there were one. A link is not what is asked for: it leads on.
    private func isUsable(_ name: String, in folder: String) -> Bool {
        var info = stat()
        guard lstat(FolderEntry(folder: folder, name: name).path, &info) == 0 else { return errno == ENOENT }
        return info.st_mode & S_IFMT != S_IFLNK
    }

    /// What is watched for a folder and for those below it.
    private func within(_ folder: String) -> [String: [String: Set<String>]] {
        folders.filter { $0.key == folder || $0.key.hasPrefix(folder + "/") }
    }

    /// The folders that decide what the paths lead to.
    private func wanted() -> [String: [String: Set<String>]] {
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
        unreadable.formIntersection(wanted.keys)
        for folder in unreadable.sorted(by: >) {
            let entry = FolderEntry(path: folder)
            let paths = wanted[folder].map { Set($0.values.joined()) } ?? []
            wanted[entry.folder, default: [:]][entry.name, default: []].formUnion(paths)
        }
        // Folders above may be moved away with all that is in them: of those, nothing else matters.
        for folder in wanted.keys {
            var above = FolderEntry(path: folder).folder
            while above != "/", wanted[above] == nil {
                wanted[above] = [:]
                above = FolderEntry(path: above).folder
            }
        }
        return wanted
    }

    private func set(folders wanted: [String: [String: Set<String>]]) {
        // What a folder is watched for may be different now.
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
        // What happens to the folder itself concerns all that is in it.
        var affected = name.isEmpty ? Set(names.values.joined()) : names[name] ?? []
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

/// Which folder it is that has a path.
private struct FolderIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64

    /// Nil without one.
    init?(of path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        (device, inode) = (UInt64(info.st_dev), UInt64(info.st_ino))
    }
}
