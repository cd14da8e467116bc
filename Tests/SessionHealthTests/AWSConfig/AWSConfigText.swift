import SessionHealth

extension AWSConfig {
    /// A configuration from strings, as files named `config` and `credentials`.
    init(text: String, credentials: String? = nil) throws(INIError) {
        try self.init(
            config: ConfigFile(path: "config", bytes: Array(text.utf8)),
            credentials: ConfigFile(path: "credentials", bytes: credentials.map { Array($0.utf8) }))
    }
}
