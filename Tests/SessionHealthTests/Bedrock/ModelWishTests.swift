import SessionHealth
import Testing

/// Models as `config.json` names them.
@Suite struct ModelWishTests {
    private static let listing = ModelListing(
        [
            "us.anthropic.claude-opus-4-8", "global.anthropic.claude-opus-4-5-20251101-v1:0",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "us.anthropic.claude-opus-4-1-20250805-v1:0",
            "us.amazon.nova-pro-v1:0",
        ].map { id in
            let model = id.split(separator: ".").dropFirst().joined(separator: ".")
            return InferenceProfile(
                id: id, arn: "arn:\(id)", models: ["arn:aws:bedrock:us-west-2::foundation-model/\(model)"])
        })

    @Test(arguments: [
        (["global.anthropic.claude-sonnet-4-5-20250929-v1:0"], "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        (["claude-opus"], "global.anthropic.claude-opus-4-5-20251101-v1:0"),
        (["claude-opus-4-8", "claude-opus"], "us.anthropic.claude-opus-4-8"),
        (["claude-opus-5", "claude-sonnet-4-5"], "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        (["claude-opus-4-5[1m]"], "global.anthropic.claude-opus-4-5-20251101-v1:0[1m]"),
        // The same under the prefix that is offered.
        (["eu.anthropic.claude-opus-4-1-20250805-v1:0"], "us.anthropic.claude-opus-4-1-20250805-v1:0"),
        (["claude-op"], nil), (["nova-pro"], nil), ([], nil),
    ])
    func theFirstThatIsListed(_ wishes: [String], _ model: String?) {
        #expect(Self.listing.first(of: wishes, in: "us-west-2") == model)
    }

    /// Of an ID that is locked, only itself will do: its prefix says where requests go.
    @Test func whatIsLocked() {
        let wish = "eu.anthropic.claude-opus-4-1-20250805-v1:0"
        #expect(Self.listing.first(of: [wish], in: "us-west-2", isLocked: true) == nil)
        let name = Self.listing.first(of: [wish, "claude-opus-4-1"], in: "us-west-2", isLocked: true)
        #expect(name == "us.anthropic.claude-opus-4-1-20250805-v1:0")
        #expect(ModelName("\(wish)[1m]").isAllowed(by: wish))
        #expect(ModelName("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/\(wish)").isAllowed(by: wish))
        #expect(!ModelName("us.anthropic.claude-opus-4-1-20250805-v1:0").isAllowed(by: wish))
        #expect(ModelName(wish).isAllowed(by: "claude-opus") && !ModelName("opus").isAllowed(by: "claude-opus"))
    }

    @Test func aModelIsMeantByItsNameOrID() {
        let model = ModelName("global.anthropic.claude-opus-4-5-20251101-v1:0")
        for wish in ["claude-opus", "claude-opus-4-5", "global.anthropic.claude-opus-4-5-20251101-v1:0"] {
            #expect(model.isMeant(by: wish))
        }
        #expect(!model.isMeant(by: "") && !model.isMeant(by: "claude-opus-4-8"))
        #expect(ModelName("opus").isMeant(by: "opus") && !ModelName("opus").isMeant(by: "sonnet"))
    }
}
