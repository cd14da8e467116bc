import Host
import SessionHealth

/// Our own configuration: what is set in the user's `config.json` and in root's, and where.
struct OwnConfigChecks {
    let examination: Examination

    func checks() -> [Check] {
        SoundConfig.read(examination.paths).0.config.settings.map { setting in
            Check(.ownSetting, pass: setting.name, "\(setting.name): \(setting.value) (\(setting.place))")
        }
    }
}
