extension LoginSteps {
    /// What there is to see.
    package struct Sight: Equatable, Sendable {
        package var reading: SessionReading
        package var note: SignInNote?
        /// Another process is signing in.
        package var isTaken: Bool
        /// The daemon runs a sign-in; looked at only while the lock is ours.
        package var daemonSignsIn: Bool

        package init(reading: SessionReading, note: SignInNote?, isTaken: Bool, daemonSignsIn: Bool = false) {
            self.reading = reading
            self.note = note
            self.isTaken = isTaken
            self.daemonSignsIn = daemonSignsIn
        }
    }
}
