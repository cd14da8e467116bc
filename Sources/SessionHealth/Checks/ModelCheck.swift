/// Whether the model that Claude Code is set to use can be used.
package struct ModelCheck {
    private let model: String?
    private let listing: ModelListing
    private let region: String
    private let setup: String

    /// - Parameter setup: the `bedrock-agent setup` command that sets all but the model.
    package init(_ model: String?, in listing: ModelListing, region: String, setup: String) {
        self.model = model
        self.setup = setup
        self.listing = listing
        self.region = region
    }

    package var check: Check {
        guard let model, !model.isEmpty else {
            return Check(.model, pass: ClaudeVariable.model, "no model is set: Claude Code chooses one")
        }
        let name = ModelName(model)
        let mark = name.asksForLongContext ? " ([1m] is Claude Code's own suffix, not part of the ID)" : ""
        if name.isAlias {
            return Check(.model, pass: model, "the model is \(model), an alias that Claude Code resolves itself")
        }
        guard let entry = listing.entry(for: name) else { return notListed(name, mark) }
        guard entry.status == "ACTIVE" else {
            return unavailable(name, "is \(entry.status.printable) in \(region)")
        }
        if let obstacles = listing.availability?.obstacles, !obstacles.isEmpty {
            return unavailable(name, "cannot be used in \(region): \(obstacles.joined(separator: ", "))")
        }
        let extent = listing.availability == nil ? "is listed in \(region)" : "can be used in \(region)"
        return Check(.model, pass: name.base, "the model \(name.base) \(extent)\(mark)")
    }

    private func notListed(_ name: ModelName, _ mark: String) -> Check {
        if name.isFoundationModel {
            let obstacles = listing.availability?.obstacles ?? []
            guard obstacles.isEmpty else {
                return unavailable(name, "cannot be used in \(region): \(obstacles.joined(separator: ", "))")
            }
            if let profile = listing.profile(insteadOf: name, in: region) {
                return Check(
                    .modelNotListed, .warning, name.base,
                    "\(name.base) is a foundation model, which Bedrock usually takes only by an inference profile:"
                        + " \(profile.printable)",
                    fix: fix(profile))
            }
            let extent = listing.availability == nil ? "is not listed" : "can be used in \(region)"
            return Check(.model, pass: name.base, "the model \(name.base) \(extent)\(mark)")
        }
        let nearest = listing.nearest(to: name)
        let words = nearest.isEmpty ? "" : "; closest match: \(nearest[0].printable)"
        let other = nearest.first ?? listing.choices(in: region).first?.setting
        return Check(
            .modelNotListed, .failure, name.base, "no inference profile \(name.base) in \(region)\(words)",
            fix: other.map(fix)
                ?? "\(ModelCheck.askForAccess) in \(region)")
    }

    /// What to do where there is no model.
    package static let askForAccess = "ask your administrator for access to Anthropic's models"

    /// The models that the aliases stand for, where they are not listed; what is right about them goes without saying.
    package func checks(ofPins pins: [String: Setting<String>]) -> [Check] {
        pins.sorted { $0.key < $1.key }.compactMap { variable, pin in
            let name = ModelName(pin.value)
            guard !name.isAlias, !name.isFoundationModel, listing.entry(for: name) == nil else { return nil }
            let nearest = listing.nearest(to: name).first.map { "set it to \($0.printable)" } ?? "remove it"
            return Check(
                .pinNotListed, .warning, variable,
                "\(variable) is \(name.base) (\(pin.source)), which is not an inference profile in \(region)",
                fix: "\(nearest) in \(pin.source.path ?? "this shell's environment")")
        }
    }

    private func fix(_ model: String) -> String { "\(setup) --model \(ShellWords.quoted(model)) --yes" }

    private func unavailable(_ name: ModelName, _ words: String) -> Check {
        Check(
            .modelUnavailable, .failure, name.base, "the model \(name.base) \(words)",
            fix: "request access to it in the Amazon Bedrock console, under Model access")
    }
}
