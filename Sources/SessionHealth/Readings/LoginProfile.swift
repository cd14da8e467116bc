/// A profile that leads to an `aws login` (`login_session`), which is no session of Identity Center.
package struct LoginProfile {
    package let session: SSOSession
    /// The profile with the `login_session`, and the one that leads to it, if that is another.
    package let profiles: [String]

    /// - Parameters:
    ///   - why: what the profile resolved to.
    ///   - places: of our files, which say where the AWS CLI's are.
    /// - Returns: nil unless it is of `aws login`.
    package init?(
        _ why: Unguarded, of profile: String, _ config: AWSConfig, _ places: Places, _ environment: [String: String]
    ) {
        guard case .loginSession(let name) = why.source, !name.isEmpty, let cache = places.loginCache(environment)
        else {
            return nil
        }
        session = SSOSession(login: name, region: config.ownRegion(of: why.profile) ?? "", cache: cache)
        profiles = [why.profile] + (profile.isSpelled(as: why.profile) ? [] : [profile])
    }

    /// What signs in to it. `aws login` refuses a profile that only leads to it.
    package var command: String { AuthRefresh.login(as: profiles[0], .login) }
}
