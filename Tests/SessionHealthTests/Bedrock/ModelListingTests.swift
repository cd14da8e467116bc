import SessionHealth
import Testing

@Suite struct ModelListingTests {
    private static func profile(_ id: String, status: String = "ACTIVE") -> InferenceProfile {
        let model = id.split(separator: ".").dropFirst().joined(separator: ".")
        return InferenceProfile(
            id: id, arn: "arn:aws:bedrock:us-west-2:123456789012:inference-profile/\(id)",
            models: ["us-east-1", "us-west-2"].map { "arn:aws:bedrock:\($0)::foundation-model/\(model)" },
            status: status)
    }

    private static let team = InferenceProfile(
        id: "a1b2c3", arn: "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3", name: "team",
        models: ["arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"],
        type: "APPLICATION")

    /// In the order in which they are offered in us-west-2.
    private static let inOrder = [
        "global.anthropic.claude-opus-4-8", "global.anthropic.claude-sonnet-4-8", "global.anthropic.claude-haiku-4-8",
        "global.anthropic.claude-opus-4-5-20251101-v1:0", "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.anthropic.claude-haiku-4-5-20251001-v1:0", "global.anthropic.claude-sonnet-4-20250514-v1:0",
        "us.anthropic.claude-opus-4-8", "us.anthropic.claude-opus-4-1-20250805-v1:0",
        "us.anthropic.claude-opus-4-20250514-v1:0", "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
        "us.anthropic.claude-3-5-sonnet-20241022-v2:0", "us.anthropic.claude-3-5-sonnet-20240620-v1:0",
        "us.anthropic.claude-3-5-haiku-20241022-v1:0", "us.anthropic.claude-3-opus-20240229-v1:0",
        "us.anthropic.claude-3-haiku-20240307-v1:0", "a1b2c3", "eu.anthropic.claude-opus-4-8",
        "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0",
    ]

    private static func listing() -> ModelListing {
        let others = ["global.amazon.nova-2-lite-v1:0", "us.meta.llama3-3-70b-instruct-v1:0", "us.deepseek.r1-v1:0"]
        let entries = (inOrder.filter { $0 != "a1b2c3" } + others).map { profile($0) }
        return ModelListing(
            (entries + [team, profile("us.anthropic.claude-opus-5-0", status: "DEPRECATED")]).reversed())
    }

    @Test func choicesAreInTheOrderForPeople() {
        #expect(Self.listing().choices(in: "us-west-2").map(\.id) == Self.inOrder)
    }

    @Test(arguments: [
        ("eu-central-1", "eu.anthropic.claude-opus-4-8"),
        ("us-gov-west-1", "us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0"),
        ("ap-south-1", "a1b2c3"), ("ca-central-1", "a1b2c3"),
    ])
    func theRegionsOwnGeographyFollowsTheGlobalOnes(region: String, first: String) {
        let rest = Self.listing().choices(in: region).map(\.id).filter { !$0.hasPrefix("global.") }
        #expect(rest.first == first)
    }

    @Test func anApplicationProfileIsSetByItsARN() {
        #expect(Self.team.setting == Self.team.arn)
        #expect(Self.profile(Self.inOrder[0]).setting == Self.inOrder[0])
    }

    @Test func anApplicationProfileOfAnotherMakersModelIsNoChoice() {
        var other = Self.team
        other.models.append(.init(arn: "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0"))
        #expect(ModelListing([other]).choices(in: "us-west-2").isEmpty)
    }

    @Test(
        arguments: [
            ("global.anthropic.claude-opus-4-8[1m]", "global.anthropic.claude-opus-4-8", "anthropic.claude-opus-4-8"),
            ("global.anthropic.claude-opus-4-8[1M]", "global.anthropic.claude-opus-4-8", "anthropic.claude-opus-4-8"),
            ("us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0", nil, "anthropic.claude-3-7-sonnet-20250219-v1:0"),
            ("anthropic.claude-opus-4-8", nil, "anthropic.claude-opus-4-8"),
            ("arn:aws:bedrock:us-west-2:1:inference-profile/us.anthropic.claude-x", nil, "anthropic.claude-x"),
            ("arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-x", nil, "anthropic.claude-x"),
            ("arn:aws:bedrock:us-west-2:1:application-inference-profile/a1b2c3", nil, nil),
            ("opus", nil, nil), ("us.amazon.nova-pro-v1:0", nil, nil), ("a.b.anthropic.claude", nil, nil),
            ("US.anthropic.claude-opus-4-8", nil, nil), ("", nil, nil),
        ] as [(String, String?, String?)])
    func namesAreTakenApart(value: String, base: String?, model: String?) {
        let name = ModelName(value)
        #expect(name.base == base ?? value)
        #expect(name.asksForLongContext == (base != nil))
        #expect(name.foundationModelInName == model)
    }

    @Test func whatIsBehindANameComesFromTheListingFirst() {
        let listing = Self.listing()
        #expect(listing.entry(for: ModelName(Self.team.arn))?.name == "team")
        #expect(listing.foundationModel(of: ModelName("a1b2c3")) == "anthropic.claude-sonnet-4-5-20250929-v1:0")
        #expect(listing.foundationModel(of: ModelName("us.anthropic.claude-x[1m]")) == "anthropic.claude-x")
        #expect(listing.foundationModel(of: ModelName("a1b2c4")) == nil)
        #expect(listing.nearest(to: ModelName("global.anthropic.claude-opus-4-9")).first == Self.inOrder[0])
    }

    @Test(arguments: [
        ("us.anthropic.claude-opus-4-2", "us.anthropic.claude-opus-4-8"),
        ("us.anthropic.claude-3-7-sonet", "us.anthropic.claude-3-7-sonnet-20250219-v1:0"),
        ("eu.anthropic.claude-opus-4-8-20260101-v1:0", "eu.anthropic.claude-opus-4-8"),
    ])
    func theNearestIsFoundWithoutDateAndRevision(model: String, nearest: String) {
        #expect(Self.listing().nearest(to: ModelName(model)).first == nearest)
    }

    @Test func theServicesAnswerIsReadAndWrittenAlike() throws {
        let answer = #"""
            {"inferenceProfileSummaries":[{"inferenceProfileName":"GLOBAL Claude","description":"x","createdAt":"2025",
            "inferenceProfileArn":"arn:x","inferenceProfileId":"global.anthropic.claude-opus-4-8","newKey":[1],
            "models":[{"modelArn":"arn:aws:bedrock:::foundation-model/anthropic.claude-opus-4-8"}],"status":"ACTIVE",
            "type":"SYSTEM_DEFINED"}],"nextToken":"t"}
            """#
        let listing = try JSONCoding.decode(ModelListing.self, from: Array(answer.utf8))
        #expect(listing.profiles.map(\.setting) == ["global.anthropic.claude-opus-4-8"])
        #expect(try JSONCoding.decode(ModelListing.self, from: JSONCoding.encode(listing)) == listing)
    }

    @Test func obstaclesAreNamed() throws {
        let answer = #"""
            {"modelId":"m","agreementAvailability":{"status":"PENDING"},"authorizationStatus":"NOT_AUTHORIZED",
            "entitlementAvailability":"AVAILABLE","regionAvailability":"NOT_AVAILABLE"}
            """#
        let availability = try JSONCoding.decode(ModelAvailability.self, from: Array(answer.utf8))
        #expect(availability.obstacles.count == 3)
        #expect(availability.obstacles.first == "the model agreement is PENDING")
    }

    // MARK: Another profile or region

    @Test(arguments: [
        ("us.anthropic.claude-opus-4-8", "us-west-2", true), ("us.anthropic.claude-opus-4-8", "eu-central-1", false),
        ("global.anthropic.claude-opus-4-8", "eu-central-1", true),
        ("global.anthropic.claude-opus-4-8", "us-gov-west-1", false),
        ("jp.anthropic.claude-opus-4-8", "ap-northeast-1", true), ("eu.anthropic.claude-opus-4-8", "ap-south-1", false),
        ("us.anthropic.claude-opus-4-8", "ca-central-1", true), ("opus", "eu-west-1", true),
        ("anthropic.claude-opus-4-8", "eu-west-1", true), (team.arn, "us-west-2", true),
        (team.arn, "eu-west-1", false), ("arn:aws:bedrock:::foundation-model/anthropic.claude-x", "eu-west-1", true),
    ])
    func whetherAModelFitsARegionByItsName(model: String, region: String, fits: Bool) {
        #expect(ModelName(model).fits(region) == fits)
    }

    @Test(arguments: [
        ("us.anthropic.claude-opus-4-8", "eu-central-1", "eu.anthropic.claude-opus-4-8"),
        ("us.anthropic.claude-opus-4-8[1m]", "eu-central-1", "eu.anthropic.claude-opus-4-8[1m]"),
        ("us.anthropic.claude-sonnet-4-8", "eu-central-1", "global.anthropic.claude-sonnet-4-8"),
        ("us.anthropic.claude-opus-5-0", "eu-central-1", nil), ("opus", "eu-central-1", nil),
        (team.arn, "eu-central-1", nil),
    ])
    func theSameModelElsewhere(model: String, region: String, other: String?) {
        #expect(Self.listing().equivalent(of: ModelName(model), in: region) == other)
    }
}
