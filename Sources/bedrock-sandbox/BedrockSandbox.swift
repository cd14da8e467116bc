import ArgumentParser

/// A simulated IAM Identity Center on the loopback interface, for tests and demonstrations.
@main
struct BedrockSandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bedrock-sandbox",
        abstract: "An IAM Identity Center and Bedrock control plane on loopback: for demonstrations and tests.",
        discussion: """
            Start it, take over the environment it prints, and the AWS CLI, boto3 and bedrock-agent sign in to it \
            in place of AWS. It grants access to nothing.
            """,
        subcommands: [Serve.self, Browser.self, Control.self], defaultSubcommand: Serve.self)
}
