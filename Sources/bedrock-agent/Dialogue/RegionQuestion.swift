import SessionHealth

/// Asks for a region: a list with places, or typed.
struct RegionQuestion {
    let dialogue: Dialogue
    /// What it is called where it is typed.
    let name: String
    /// Those to begin with, and why; without a reason they are not said to be better than others.
    let first: [(region: String?, why: String)]
    /// Where one finds it, for somebody who does not know.
    var help: String?

    func ask(_ question: String) throws -> String {
        let regions = BedrockRegions.ordered(first: first.map(\.region))
        let choices = regions.enumerated().map { index, region in
            let why = index == 0 ? first.first { $0.region == region }?.why ?? "" : ""
            return Dialogue.Choice(Optional(region), region, BedrockRegions.place(of: region) ?? "", why)
        }
        let other = Dialogue.Choice(String?.none, "Another region")
        if let region = try dialogue.choose(question, choices + [other], help: help) { return region }
        var doubted = dialogue.answers.earlier(name)
        return try dialogue.ask(name) { region in
            guard Region.isValid(region) else { return "Enter a region such as us-east-1." }
            guard region != doubted, let doubt = BedrockRegions.doubt(about: region) else { return nil }
            doubted = region
            return "\(doubt) Enter it again to keep it."
        }
    }
}
