/// Environment variables of the AWS CLI and SDKs.
package enum AWSVariable {
    package static let profile = "AWS_PROFILE"
    /// boto3's older name for the profile.
    package static let defaultProfile = "AWS_DEFAULT_PROFILE"
    package static let region = "AWS_REGION"
    package static let defaultRegion = "AWS_DEFAULT_REGION"
    package static let configFile = "AWS_CONFIG_FILE"
    package static let credentialsFile = "AWS_SHARED_CREDENTIALS_FILE"
    /// The folder of what `aws login` keeps.
    package static let loginCache = "AWS_LOGIN_CACHE_DIRECTORY"
    package static let caBundle = "AWS_CA_BUNDLE"
    /// With the suffix `_SERVICE`: the endpoint of one service.
    package static let endpointURL = "AWS_ENDPOINT_URL"
    package static let ignoreConfiguredEndpointURLs = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
    package static let useFIPSEndpoint = "AWS_USE_FIPS_ENDPOINT"
    package static let useDualStackEndpoint = "AWS_USE_DUALSTACK_ENDPOINT"
    package static let accessKeyID = "AWS_ACCESS_KEY_ID"
    package static let secretAccessKey = "AWS_SECRET_ACCESS_KEY"
    package static let sessionToken = "AWS_SESSION_TOKEN"
    package static let credentialExpiration = "AWS_CREDENTIAL_EXPIRATION"
}
