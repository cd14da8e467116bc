import Host
import SessionHealth

/// The files: that they are yours, and nobody else's to write or, where they hold secrets, to read.
struct FileChecks {
    let examination: Examination

    func checks() -> [Check] {
        let found = examination.checks(in: .files)
        let told = Set(found.map(\.subject))
        return found + places.filter { !told.contains($0.path) }.flatMap(check) + [writing].compactMap(\.self)
    }

    /// As where a container has it from its host. A token that cannot be written down is not refreshed.
    private var writing: Check? {
        let folder = examination.paths.tokenCache
        guard !examination.facts.sessions.isEmpty, let obstacle = WriteObstacle(to: folder + "/token.json") else {
            return nil
        }
        return Check(
            .tokenCacheReadOnly, .warning, folder, "\(obstacle), so tokens are not refreshed here",
            fix: "sign in where that folder comes from, or make \(folder) writable here")
    }

    private struct Place {
        var path: String
        var name: String
        /// It contains secrets.
        var isSecret = false
        /// As safe if it is root's, who can change it anyway: of what is only read.
        var mayBeRoots = false
        /// Listed even if nothing is wrong with it.
        var isTold = true
    }

    private var places: [Place] {
        let paths = examination.paths
        var places = [Place(path: paths.userSettings, name: "Claude Code's settings", mayBeRoots: true)]
        let aws = examination.files.paths
        places.append(Place(path: aws[0], name: "the AWS configuration"))
        places.append(Place(path: aws[1], name: "the AWS credentials", isSecret: true))
        places += examination.facts.sessions.map {
            Place(
                path: paths.places.token($0.session.tokenFileName), name: "the token of \($0.session.name)",
                isSecret: true)
        }
        places.append(Place(path: paths.config, name: "the agent's configuration"))
        places.append(Place(path: paths.stateFolder, name: "the agent's records", isSecret: true))
        let folders = [Folder.holding(paths.userSettings), Folder.holding(aws[0]), paths.tokenCache]
        places += folders.map { Place(path: $0, name: "the folder", isTold: false) }
        return places
    }

    /// Nothing for a file that does not exist.
    private func check(_ place: Place) -> [Check] {
        let found: FileOwnership?
        do throws(SystemError) {
            found = try FileOwnership(of: place.path)
        } catch {
            return [
                Check(
                    .fileUnreadable, .failure, place.path, "\(error)",
                    fix: "make \(Folder.holding(place.path)) readable: chmod u+rx")
            ]
        }
        guard let found, found.isFolder || found.isRegular else { return [] }
        let quoted = ShellWords.quoted(place.path)
        // Outside the home directory, an administrator may have created it for everybody; or it is what a link in there
        // leads to, as Nix and Home Manager make them.
        let home = examination.paths.home
        let isElsewhere = !(Folder.real(place.path) ?? place.path).hasPrefix((Folder.real(home) ?? home) + "/")
        let isForEverybody = found.isRoots && !place.isSecret && (place.mayBeRoots || isElsewhere)
        guard found.isOurs || isForEverybody else {
            return [
                Check(
                    .fileWrongOwner, .failure, place.path,
                    "\(place.name), \(place.path), belongs to user \(found.owner), not to you",
                    fix: "sudo chown \"$(id -u)\" \(quoted)")
            ]
        }
        if found.isWritableByOthers {
            return [
                Check(
                    .fileWritableByOthers, .failure, place.path,
                    "\(place.name), \(place.path), can be written by others (mode \(octal(found.mode)))",
                    fix: "chmod go-w \(quoted)")
            ]
        }
        if place.isSecret, found.isOpenToOthers {
            return [
                Check(
                    .fileOpenToOthers, found.isFolder ? .warning : .failure, place.path,
                    "\(place.name), \(place.path), can be read by others (mode \(octal(found.mode)))",
                    fix: "chmod go= \(quoted)")
            ]
        }
        guard place.isTold else { return [] }
        return [Check(.file, pass: place.path, "\(place.name): \(place.path), mode \(octal(found.mode))")]
    }

    private func octal(_ mode: UInt32) -> String { "0" + String(mode, radix: 8) }
}
