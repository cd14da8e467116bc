/// What this program calls itself. The same as the newest entry of systemd/debian/changelog.
package enum Version {
    package static let current = "0.2.0"
}
