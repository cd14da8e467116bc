import CSystemd
import Glibc

/// Replaces a file only if it is still the one that the new content was made from.
///
/// Other writers take no lock, so the files are swapped first and compared afterwards: after `RENAME_EXCHANGE`, the
/// file that was really replaced has the temporary name. If it is not the expected one, it is swapped back at once.
package enum FileSwap {
    /// Replaces the file at a path, following symbolic links, if it still is `current`. Its mode and owner are kept.
    /// - Returns: false if it has changed; it is then left as it was.
    package static func replace(
        at path: String, over current: FileContent, with bytes: [UInt8], limit: Int
    ) throws(SystemError) -> Bool {
        let target = try AtomicWrite.realPath(of: path)
        let new = try TemporaryFile(
            beside: target, holding: bytes.span.bytes, mode: current.mode, owner: (current.owner, current.group))
        defer { new.remove() }
        guard try put(new, at: target, over: current, limit: limit) else { return false }
        try Folder.sync(Folder.holding(target))
        return true
    }

    /// Puts a new file in the place of `current`; nil: there was no file.
    /// - Returns: false if the file is not `current` any more; it is then left as it was.
    /// - Throws: what somebody wrote meanwhile, and could not be put back, is left under a name of
    ///   `Leftovers.displacedPath`.
    static func put(
        _ new: TemporaryFile, at target: String, over current: FileContent?, limit: Int
    ) throws(SystemError) -> Bool {
        let path = Leftovers.displacedPath(beside: target)
        let ours = try FileContent(of: new.path, limit: limit)
        guard rename(new.path, path) == 0 else { throw SystemError("rename", new.path) }
        do throws(SystemError) {
            let isPut = try put(path, at: target, over: current, limit: limit)
            unlink(path)
            return isPut
        } catch {
            if let left = try? FileContent(of: path, limit: limit), left == ours { unlink(path) }
            throw error
        }
    }

    /// The same with the path of a new file in the same folder. Afterwards a file may remain at that path: the caller
    /// removes it.
    /// - Throws: what is there then may be somebody else's, which could not be put back.
    package static func put(
        _ new: String, at target: String, over current: FileContent?, limit: Int
    ) throws(SystemError) -> Bool {
        guard let current else { return try create(new, at: target) }
        let ours = try FileContent(of: new, limit: limit)
        guard bedrock_rename_exchange(new, target) == 0 else {
            switch errno {
            case ENOENT: return false
            case EINVAL, ENOSYS:
                // This file system cannot exchange files; comparing just before the rename is the best that can be
                // done.
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

    /// Removes the file at a path, if it still is `current`.
    /// - Returns: false if it is not; it is then restored, unless its writer has created another one already.
    static func remove(_ target: String, holding current: FileContent, limit: Int) throws(SystemError) -> Bool {
        let aside = Leftovers.displacedPath(beside: target)
        guard rename(target, aside) == 0 else {
            if errno == ENOENT { return false }
            throw SystemError("remove", target)
        }
        // A file that cannot be read, e.g. because it is now too large, is not the expected one either.
        if (try? FileContent(of: aside, limit: limit))?.bytes != current.bytes {
            if try !create(aside, at: target) { unlink(aside) }
            return false
        }
        // Its folder may have to go, too.
        guard unlink(aside) == 0 || errno == ENOENT else { throw SystemError("remove", aside) }
        return true
    }

    /// Swaps back until the file that comes out is the one put in last: if somebody wrote meanwhile, their version
    /// wins.
    private static func putBack(
        _ new: String, at target: String, displaced: FileContent?, over ours: FileContent?, limit: Int
    ) throws(SystemError) {
        var newest = displaced
        var expected = ours
        while true {
            guard bedrock_rename_exchange(new, target) == 0 else {
                // Removed meanwhile: put back what we hold, the last content of that file.
                if errno == ENOENT, bedrock_rename_noreplace(new, target) == 0 { return }
                if errno == EEXIST { continue }
                throw SystemError("put back", target)
            }
            // Not to be read is not to be told apart: it stays under its name.
            let out = try FileContent(of: new, limit: limit)
            guard out != expected else { return }
            expected = newest
            newest = out
        }
    }

    private static func create(_ new: String, at target: String) throws(SystemError) -> Bool {
        if bedrock_rename_noreplace(new, target) == 0 { return true }
        // If the file system does not support RENAME_NOREPLACE, a hard link does the same.
        if errno == EINVAL || errno == ENOSYS, link(new, target) == 0 { return true }
        guard errno == EEXIST else { throw SystemError("create", target) }
        return false
    }
}
