import SessionHealth
import Testing

@Suite struct BedrockRegionsTests {
    @Test(arguments: [
        ("us-wst-2", "us-west-2"), ("us-west2", "us-west-2"), ("us-west-2a", "us-west-2"), ("eu-wset-1", "eu-west-1"),
        ("uus-east-1", "us-east-1"), ("us-gov-wst-1", "us-gov-west-1"), ("ap-northeas-1", "ap-northeast-1"),
    ])
    func aTypingErrorNamesTheRegion(region: String, meant: String) {
        #expect(
            BedrockRegions.doubt(about: region)
                == "\(region) is not a region that is known here; did you mean \(meant)?")
    }

    @Test func whatIsNoRegionAtAllIsDoubted() {
        #expect(
            BedrockRegions.doubt(about: "nowhere")
                == "nowhere is not a region that is known here: AWS names them like us-east-1.")
    }

    @Test(arguments: [
        "us-east-1", "fips-us-east-1", "us-gov-east-1", "cn-north-1", "xx-north-7", "us-west-3", "ap-southeast-7",
        "sa-west-1", "eusc-de-east-1", "us-iso-east-1",
    ])
    func oneThatIsKnownOrMayBeNewIsNot(region: String) { #expect(BedrockRegions.doubt(about: region) == nil) }

    @Test(arguments: [
        ("us-west-1", ["us-west-2", "us-east-1", "eu-west-1"]), ("us-west-2", ["us-east-1", "us-east-2", "eu-west-1"]),
        ("eu-south-2", ["eu-west-1", "eu-central-1", "us-west-2"]), ("me-central-1", ["us-west-2", "us-east-1"]),
        ("us-gov-east-1", ["us-gov-west-1"]), ("cn-north-1", []),
    ])
    func othersAreOfTheSameGeographyFirst(region: String, others: [String]) {
        #expect(BedrockRegions.others(besides: region).starts(with: others))
        #expect(BedrockRegions.others(besides: region).count <= 3)
    }
}
