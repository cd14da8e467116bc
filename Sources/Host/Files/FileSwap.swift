import CSystemd
import Glibc

/// Puts a new file in the place of the one it was made from, and of no other.
///
/// Other writers take no lock, so the swap comes first and the look second: `RENAME_EXCHANGE` leaves what was really
/// displaced under the temporary name. If somebody slipped in, it goes back at once.
package enum FileSwap {
    /// Puts bytes in the place of the file that a path leads to, its mode and owner kept, if that still is `current`.
    /// - Returns: false if it is not; it is then there as it was.
    package static func replace(
        at path: String, over current: FileContent, with bytes: [UInt8], limit: Int
    ) throws(SystemError) -> Bool {
        let target = try AtomicWrite.realPath(of: path)
        let new = try TemporaryFile(
            beside: target, holding: bytes.span.bytes, mode: current.mode, owner: (current.owner, current.group))
        defer { new.remove() }
        guard try put(new.path, at: target, over: current, limit: limit) else { return false }
        try Folder.sync(Folder.holding(target))
        return true
    }

    /// Puts the file at `new` in the place of `current`; nil means that there was none. Both names are in one folder.
    /// Afterwards something may be left under the name `new`: the caller removes it.
    /// - Returns: false if what is there is not `current` any more; it is then there as it was.
    package static func put(
        _ new: String, at target: String, over current: FileContent?, limit: Int
    ) throws(SystemError) -> Bool {
        guard let current else { return try create(new, at: target) }
        let ours = try FileContent(of: new, limit: limit)
        guard bedrock_rename_exchange(new, target) == 0 else {
            switch errno {
            case ENOENT: return false
            case EINVAL, ENOSYS:
                // A file system that cannot exchange: as near as it gets is to look just before.
                guard try FileContent(of: target, limit: limit)?.bytes == current.bytes else { return false }
                guard rename(new, target) == 0 else { throw SystemError("replace", target) }
                return true
            default: throw SystemError("replace", target)
            }
        }
        let displaced = try? FileContent(of: new, limit: limit)
        guard displaced?.bytes != current.bytes else { return true }
        try putBack(new, at: target, displaced: displaced, over: ours, limit: limit)
        return false
    }

    /// Removes the file at a path, if that still is `current`.
    /// - Returns: false if it is not; it is then there as it was, unless its writer has put another one there already.
    static func remove(_ target: String, holding current: FileContent, limit: Int) throws(SystemError) -> Bool {
        let aside = "\(target).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).tmp"
        guard rename(target, aside) == 0 else {
            if errno == ENOENT { return false }
            throw SystemError("remove", target)
        }
        // What cannot be read, as it is too large now, is not it either.
        if (try? FileContent(of: aside, limit: limit))?.bytes != current.bytes {
            if try !create(aside, at: target) { unlink(aside) }
            return false
        }
        unlink(aside)
        return true
    }

    /// Swaps back until what comes out is what was put there last: if somebody wrote meanwhile, theirs is the newest.
    private static func putBack(
        _ new: String, at target: String, displaced: FileContent?, over ours: FileContent?, limit: Int
    ) throws(SystemError) {
        var newest = displaced
        var expected = ours
        while true {
            guard bedrock_rename_exchange(new, target) == 0 else {
                // Removed meanwhile. What is in hand was the last thing in that place.
                if errno == ENOENT, bedrock_rename_noreplace(new, target) == 0 { return }
                if errno == EEXIST { continue }
                throw SystemError("put back", target)
            }
            let out = try? FileContent(of: new, limit: limit)
            guard out != expected else { return }
            expected = newest
            newest = out
        }
    }

    private static func create(_ new: String, at target: String) throws(SystemError) -> Bool {
        if bedrock_rename_noreplace(new, target) == 0 { return true }
        // Where a file system knows no RENAME_NOREPLACE, a hard link does the same.
        if errno == EINVAL || errno == ENOSYS, link(new, target) == 0 { return true }
        guard errno == EEXIST else { throw SystemError("create", target) }
        return false
    }
}
