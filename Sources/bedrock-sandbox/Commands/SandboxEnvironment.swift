import Foundation

/// The environment variables that make a program use the sandbox instead of AWS.
struct SandboxEnvironment {
    /// `http://127.0.0.1:PORT`.
    let baseURL: String
    /// The folder of the endpoint rules.
    let folder: URL
    let region: String

    /// `export NAME='value'` lines for a shell.
    var lines: String {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let values = [
            ("AWS_DATA_PATH", folder.path), ("AWS_ENDPOINT_URL_SSO_OIDC", baseURL), ("AWS_ENDPOINT_URL_SSO", baseURL),
            ("AWS_ENDPOINT_URL_BEDROCK", baseURL), ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", baseURL),
            ("AWS_ENDPOINT_URL_STS", baseURL), ("AWS_EC2_METADATA_DISABLED", "true"),
            ("BEDROCK_SANDBOX_URL", baseURL), ("BEDROCK_SANDBOX_START_URL", "https://sandbox.awsapps.com/start"),
            ("BEDROCK_SANDBOX_SSO_REGION", region),
            ("BEDROCK_SANDBOX_BROWSER", "\(program ?? "bedrock-sandbox") browser %s"),
        ]
        return values.map { name, value in
            "export \(name)='\(value.replacing("'", with: "'\\''"))'\n"
        }.joined()
    }

    /// For AWS CLIs older than 2.13, which do not support `AWS_ENDPOINT_URL_…`: endpoint rules found through
    /// AWS_DATA_PATH. They name the region of Identity Center, so that another than the instance's is refused.
    func writeEndpointRules() throws {
        let inRegion = "\(baseURL)/in/{Region}"
        for (service, url) in [
            ("sso-oidc/2019-06-10", inRegion), ("sso/2019-06-10", inRegion), ("sts/2011-06-15", baseURL),
        ] {
            let place = folder.appending(path: service)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(rules(url).utf8).write(to: place.appending(path: "endpoint-rule-set-1.json"), options: .atomic)
        }
    }

    private func rules(_ url: String) -> String {
        """
        {"version": "1.0", "parameters": {
          "Region": {"builtIn": "AWS::Region", "required": false, "documentation": "", "type": "String"},
          "UseDualStack": {"builtIn": "AWS::UseDualStack", "required": true, "default": false, "documentation": "",
                           "type": "Boolean"},
          "UseFIPS": {"builtIn": "AWS::UseFIPS", "required": true, "default": false, "documentation": "",
                      "type": "Boolean"},
          "Endpoint": {"builtIn": "SDK::Endpoint", "required": false, "documentation": "", "type": "String"}},
         "rules": [{"conditions": [], "type": "endpoint",
                    "endpoint": {"url": "\(url)", "properties": {}, "headers": {}}}]}

        """
    }
}
