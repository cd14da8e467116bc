import CSystemd
import FoundationEssentials
import Glibc
import SessionHealth

/// A token that the service has granted, in a file of its own until it is in the token file.
///
/// A refresh token that was used is gone, so neither a kill nor a failing write may lose the one that came for it. The
/// file is there, with its space, before the service is asked; it gets the whole new token, reaches the disk, and then
/// takes the token file's place. What is left of it, the next refresh finds and puts in place (`recover`).
package final class KeptGrant {
    /// The token file, at the end of links.
    private let target: String
    private var path: String
    /// Where it is kept if its own file cannot be written.
    private let otherwise: String
    private var elsewhere: String?
    /// What makes its name its own, after the refresh token that it is for.
    private let tag: String
    private let file: OwnedDescriptor
    /// The bytes are in its own file.
    private var isWhole = false
    /// Another program's token is in it.
    private var isTheirs = false

    private static let ending = ".granted"
    private static let unnamed = "new"
    private static let also: Character = "+"

    /// Makes the file, and room in it.
    /// - Parameters:
    ///   - tokenFile: its folder is where the file is.
    ///   - otherwise: how the path begins of a file in another folder, on another file system if possible.
    ///   - isLocked: the caller holds the lock of the refresh, so that there is no other.
    package init(of tokenFile: String, otherwise: String, bytes: Int, isLocked: Bool = true) throws(SystemError) {
        target = try AtomicWrite.realPath(of: tokenFile)
        tag = isLocked ? "" : "-\(getpid())"
        path = KeptGrant.path(beside: target, KeptGrant.unnamed + tag)
        self.otherwise = otherwise
        var there = stat()
        guard stat(target, &there) != 0 || there.st_mode & S_IFMT == S_IFREG else {
            throw SystemError("write", target, there.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
        let folder = Folder.holding(target)
        guard access(folder, W_OK | X_OK) == 0 else { throw SystemError("write a new token in", folder) }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError("create a file beside", target) }
        file = OwnedDescriptor(descriptor)
        let code = posix_fallocate(descriptor, 0, off_t(bytes))
        guard code == 0 else {
            unlink(path)
            throw SystemError("keep \(bytes / 1024) kB free in", folder, code)
        }
    }

    /// Names the file by the refresh token that is about to be sent: what is granted belongs in its place only.
    package func begin(_ grant: TokenDocument.Grant) throws(SystemError) {
        let named = KeptGrant.path(beside: target, grant.fingerprint + tag)
        guard rename(path, named) == 0 else { throw SystemError("rename", path) }
        path = named
        elsewhere = "\(otherwise).\(grant.fingerprint)\(tag)\(KeptGrant.ending)"
    }

    /// Names the file as what is granted where there is no token file.
    package func beginAnew() throws(SystemError) {
        let named = KeptGrant.path(beside: target, KeptGrant.unnamed + tag)
        guard path == named || rename(path, named) == 0 else { throw SystemError("rename", path) }
        path = named
    }

    /// Writes the whole new token file, to the disk, with the mode and owner of the old one; without one, for us alone.
    /// - Returns: false if it is nowhere: only the token file itself can take it now.
    package func keep(_ bytes: [UInt8], like token: TokenFile?) -> Bool {
        let old = token?.content
        do throws(SystemError) {
            try TemporaryFile.write(bytes.span.bytes, to: file.number, target)
            guard ftruncate(file.number, off_t(bytes.count)) == 0 else { throw SystemError("write", path) }
            try TemporaryFile.finish(
                file.number, target, mode: old?.mode ?? 0o600, owner: old.map { ($0.owner, $0.group) })
            try Folder.sync(Folder.holding(path))
            isWhole = true
        } catch {
            isWhole = false
        }
        guard !isWhole, let elsewhere else { return isWhole }
        return (try? AtomicWrite.write(bytes, to: elsewhere)) != nil
    }

    /// Lets it take the token file's place, if that is still the one it was made from. Failing that, the bytes are
    /// written there anew.
    /// - Returns: false if the token file was changed meanwhile; it is then left as it is.
    /// - Throws: what somebody wrote meanwhile may be in its own file then: `forget` leaves that to the next refresh.
    package func put(_ bytes: [UInt8], over old: TokenFile) throws(SystemError) -> Bool {
        if isWhole, isInPlace {
            nameAfter(bytes)
            do throws(SystemError) {
                let isDone = try FileSwap.put(path, at: target, over: old.content, limit: TokenFile.limit)
                if isDone { try? Folder.sync(Folder.holding(target)) }
                return isDone
            } catch {
                // Somebody's token, which could not be put back: the next refresh does that.
                guard isInPlace else {
                    isTheirs = true
                    throw error
                }
            }
        }
        return try old.replace(at: target, with: bytes)
    }

    /// By what was granted, too: killed between exchanging it with the token file and putting somebody's token back, it
    /// leaves that, and can be told to.
    private func nameAfter(_ bytes: [UInt8]) {
        guard let granted = (try? TokenDocument(parsing: bytes))?.grant?.fingerprint else { return }
        let named = "\(path.dropLast(KeptGrant.ending.count))\(KeptGrant.also)\(granted)\(KeptGrant.ending)"
        if rename(path, named) == 0 { path = named }
    }

    /// Lets it take the token file's place, whatever is there: it came from a sign-in. Failing that, the bytes are written
    /// there anew.
    package func put(_ bytes: [UInt8]) throws(SystemError) {
        guard isWhole, isInPlace, rename(path, target) == 0 else { return try AtomicWrite.write(bytes, to: target) }
        try? Folder.sync(Folder.holding(target))
    }

    /// The path still leads to the file: where somebody writes the token file at the same moment, swapping back may
    /// leave another one there, or none.
    private var isInPlace: Bool {
        var ours = stat()
        var there = stat()
        return fstat(file.number, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino
            && ours.st_dev == there.st_dev
    }

    /// Removes what is left of it.
    package func forget() {
        if !isTheirs { unlink(path) }
        if let elsewhere { unlink(elsewhere) }
    }

    private static func path(beside target: String, _ middle: String) -> String {
        "\(Folder.holding(target))/.\(FolderEntry(path: target).name).\(middle)\(ending)"
    }

    // MARK: After a kill

    /// Puts a token in place that an earlier refresh was granted and could not put there, and removes what else such
    /// refreshes left behind. The caller holds the lock of the refresh.
    /// - Parameter otherwise: as it was given then.
    /// - Throws: why it cannot be put in place: the refresh token in the token file is used up, then.
    package static func recover(_ tokenFile: String, otherwise: String) throws {
        let target = try AtomicWrite.realPath(of: tokenFile)
        let beside = "\(Folder.holding(target))/.\(FolderEntry(path: target).name)"
        for (place, middle) in entries(beside, ending) + entries(otherwise, ending) where !isInUse(place, middle) {
            guard let kept = try FileContent(of: place, limit: TokenFile.limit) else { continue }
            // Killed before it was cut to its length, it ends with zeros.
            let bytes = Array(kept.bytes[..<(kept.bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)])
            if let token = try? TokenDocument(parsing: bytes) {
                let names = middle.split(separator: also)
                let spent = String(names.first?.prefix { $0 != "-" } ?? "")
                try put(token, grantedFor: spent, or: names.dropFirst().first.map(String.init), at: target)
            }
            unlink(place)
        }
        Leftovers.sweepOld(beside: target)
    }

    /// The names of the token files for which a refresh that was killed left something. Names are listed, and nothing is
    /// opened.
    package static func left(in paths: Paths) -> Set<String> {
        let names = Folder.names(in: paths.tokenCache) + Folder.names(in: paths.locks)
        return Set(
            names.filter { $0.hasSuffix(ending) }.compactMap { name in
                let parts = name.drop { $0 == "." }.split(separator: ".").dropLast()
                return parts.last?.hasPrefix(unnamed) == false ? parts.dropLast().joined(separator: ".") : nil
            })
    }

    /// A sign-in that still runs has made it: after an hour, another program has that process ID.
    private static func isInUse(_ path: String, _ middle: String) -> Bool {
        let parts = middle.split(separator: "-")
        guard parts.count == 2, let pid = pid_t(parts[1]), pid != getpid(), !Leftovers.isOld(path, after: 3600) else {
            return false
        }
        return kill(pid, 0) == 0 || errno == EPERM
    }

    /// Unless the token file is newer, or gone: somebody signed in or out. What was granted where there was none is put
    /// there if there still is none.
    /// - Parameter granted: of the token that was to take the token file's place: where it has, and another than the one
    ///   before is kept, somebody had signed in meanwhile.
    private static func put(
        _ kept: TokenDocument, grantedFor fingerprint: String, or granted: String?, at target: String
    ) throws {
        if fingerprint == unnamed {
            guard access(target, F_OK) != 0 else { return }
            return try AtomicWrite.write(kept.bytes, to: target)
        }
        while access(target, F_OK) == 0 {
            let file = try TokenFile(readingWhole: target)
            let isTheirs =
                granted != nil && file.document.grant?.fingerprint == granted
                && ![fingerprint, granted].contains(kept.grant?.fingerprint)
            guard isTheirs || kept.belongs(over: file.document, grantedFor: fingerprint) else { return }
            if try file.replace(at: target, with: kept.bytes) { return }
        }
    }

    /// The files with this beginning, something in between, and this end; with what is in between.
    private static func entries(_ beginning: String, _ end: String) -> [(path: String, middle: String)] {
        let start = FolderEntry(path: beginning).name + "."
        let folder = Folder.holding(beginning)
        return Folder.names(in: folder).compactMap { name in
            guard name.hasPrefix(start), name.hasSuffix(end), name.count > start.count + end.count else { return nil }
            return ("\(folder)/\(name)", String(name.dropFirst(start.count).dropLast(end.count)))
        }
    }
}
