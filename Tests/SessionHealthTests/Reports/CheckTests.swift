import SessionHealth
import Testing

@Suite struct CheckTests {
    @Test func aFindingBecomesACheck() {
        let severities: [(Finding.Severity, Check.Result)] = [(.info, .pass), (.warning, .warning), (.error, .failure)]
        for (severity, result) in severities {
            let check = Check(Finding(.unguarded, severity, subject: "s", message: "m", fix: "f"))
            #expect(check.result == result && check.codeName == "unguarded" && check.fix == "f")
        }
    }

    @Test func theWorstDecides() {
        #expect(Checkup([]).worst == .pass)
        let checks = [
            Check(.file, pass: "s", "m"), Check(.daemonSilent, .warning, "s", "m", fix: "f"),
            Check(.desktop, pass: "s", "m"),
        ]
        #expect(Checkup(checks).worst == .warning && Checkup(checks).worst.exitStatus == 1)
        let checkup = Checkup(checks + [Check(.portal, .failure, "s", "m", fix: "f")])
        #expect(checkup.worst.exitStatus == 2)
        #expect(checkup.checks.map(\.codeName) == ["file", "daemon-silent", "desktop", "portal"])
        #expect(checkup.layers.map(\.layer) == [.files, .network, .service])
    }

    @Test(arguments: [
        ("config-wrong", Finding.Layer.files), ("config-refused", .profile), ("config-read-differently", .profile),
        ("settings-not-json", .files), ("settings-env-not-string", .settings), ("command-unapproved", .settings),
        ("unguarded", .settings), ("no-such-profile", .profile), ("no-refresh-token", .session), ("offline", .session),
        ("registration-ends", .session), ("refresh-refused", .session), ("service-failed", .service),
    ])
    func findingsHaveTheirLayer(code: String, layer: Finding.Layer) {
        #expect(Finding.Code(rawValue: code)?.layer == layer)
    }

    @Test func everyLayerHasCodes() {
        #expect(Set(Finding.Code.allCases.map(\.layer)) == Set(Finding.Layer.allCases))
    }

    @Test func theTextIsAligned() {
        let long = "/home/u/x " + Array(repeating: "word", count: 20).joined(separator: " ")
        let checkup = Checkup([
            Check(.awsCLI, pass: "s", "good"),
            Check(.portal, .failure, "s", long, fix: "mend /home/u/x '/home/u/y z'"),
            Check(.models, pass: "s", "e\u{1B}c"),
        ])
        let text = CheckupText(checkup, style: Style(isColored: false), home: "/home/u").text
        #expect(
            text == """
                programs
                  pass  good

                network
                  FAIL  ~/x word word word word word word word word word word word word word
                        word word word word word word word
                        fix: mend ~/x '/home/u/y z'
                  pass  e\\u{1b}c

                doctor: 1 failure

                """)
    }
}

@Suite struct ClaudeVersionTests {
    @Test(arguments: [
        ("2.1.240 (Claude Code)\n", "2.1.240"), ("2.1", "2.1"), ("3.0.0-beta", nil), ("", nil), ("hello", nil),
        ("2", nil), ("2..1", nil),
    ])
    func isParsed(text: String, version: String?) {
        #expect(ClaudeVersion(parsing: text)?.description == version)
    }

    @Test(
        arguments: [
            ("2.1.286", ["alone": true], []), ("2.1.285", ["alone": true], ["2.1.286"]), ("2.1.285", [:], []),
            ("2.1.206", ["alone": true], ["2.1.286", "2.1.207"]),
            ("2.1.240", [:], []), ("2.1.239", ["proxy": true], []), ("2.1.238", ["proxy": true], ["2.1.239"]),
            ("2.1.238", [:], []), ("2.1.208", ["across": true], []), ("2.1.207", ["across": true], ["2.1.208"]),
            ("2.1.207", [:], []), ("2.1.206", ["across": true], ["2.1.207"]),
            ("2.1.197", ["mantle": true], ["2.1.207", "2.1.198"]),
            ("2.1.171", ["noRegion": true], ["2.1.207", "2.1.172"]),
            ("2.1.42", [:], ["2.1.207", "2.1.43"]), ("1.9.999", [:], ["2.1.207", "2.1.43"]),
        ] as [(String, [String: Bool], [String])])
    func flawsAreThoseThatMatter(text: String, traits: [String: Bool], gone: [String]) throws {
        var use = ClaudeVersion.Use()
        use.hasProxy = traits["proxy"] ?? false
        use.crossesRegions = traits["across"] ?? false
        use.usesMantle = traits["mantle"] ?? false
        use.signsInAlone = traits["alone"] ?? false
        use.hasRegion = traits["noRegion"] != true
        let version = try #require(ClaudeVersion(parsing: text))
        #expect(version.flaws(in: use).map(\.gone) == gone)
        #expect((version.check(in: use, at: "claude").result == .pass) == gone.isEmpty)
    }
}
