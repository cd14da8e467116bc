import SessionHealth

/// Asks for a region: a list with the recommended one first, or typed.
struct RegionQuestion {
    let dialogue: Dialogue
    /// The first of these that is a region is recommended.
    let recommended: [String?]

    func ask(_ question: String) throws -> String {
        let regions = BedrockRegions.ordered(first: recommended)
        let choices =
            regions.enumerated().map { Dialogue.Choice(Optional($1), $1, $0 == 0 ? "recommended" : "") }
            + [Dialogue.Choice(String?.none, "Another region")]
        if let region = try dialogue.choose(question, choices) { return region }
        return try dialogue.ask("Region") { Region.isValid($0) ? nil : "Enter a region such as us-east-1." }
    }
}
