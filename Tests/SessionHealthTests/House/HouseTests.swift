import Testing

/// Which part of `Sources` may use which, how long files may be, and who may read a clock. Each failure names the file,
/// the line and the rule.
@Suite struct HouseTests {
    @Test func allSourcesAreThere() {
        #expect(House.own.files.count > 200)
        #expect(Set(House.own.files.map(\.target)) == Set(House.mayImport.keys))
        #expect(Set(House.own.files.map(\.room)).subtracting([""]) == Set(House.mayKnow.keys))
    }

    @Test func roomsKnowOnlyWhomTheyMay() { expectNone(House.own.strangers) }

    @Test func targetsImportOnlyWhatTheyMay() { expectNone(House.own.foreignImports) }

    @Test func noFileIsTooLong() { expectNone(House.own.tooLong) }

    @Test func noFolderIsTooFull() { expectNone(House.own.tooFull) }

    @Test func onlyHostLooksAtAClock() { expectNone(House.own.readsOfClocks) }

    @Test func namesOfSettingsStandOnce() { expectNone(House.own.spelledNames) }

    private func expectNone(_ problems: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        for problem in problems { Issue.record("\(problem)", sourceLocation: sourceLocation) }
    }

    // MARK: The rules find violations

    private func house(_ files: [String: String]) -> House {
        House(files: files.map { House.File(path: $0.key, source: SwiftSource($0.value)) })
    }

    @Test func aDocumentThatKnowsThePlan() {
        let plan = "package struct Plan {}\npackage func plan() -> Plan { Plan() }\nprivate struct Hidden {}\n"
        let document = ##"""
            // A Plan in a comment, /* or here */
            struct Document {
                /* Plan /* Plan */ Plan */
                var text = "Plan \(plan("Plan")) Plan"
                var raw = #"Plan \(Plan) " \#(Plan.self)"#
                var long = """
                    Plan "Plan" \"""
                    """
                func plan(_ hidden: Hidden) { self.plan(hidden) }
            }

            """##
        let house = house(["SessionHealth/Plan/Plan.swift": plan, "SessionHealth/JSON/Document.swift": document])
        #expect(
            house.strangers == [
                "SessionHealth/JSON/Document.swift:4: plan is of Plan, which JSON may not know",
                "SessionHealth/JSON/Document.swift:5: Plan is of Plan, which JSON may not know",
            ])
    }

    @Test func aNameThatIsSpelledOut() {
        let house = house([
            "SessionHealth/AWSConfig/AWSVariable.swift": "let a = \"AWS_A\"\n",
            "SessionHealth/ClaudeSettings/ClaudeKeys.swift": "let b = \"env\"\n",
            "Host/Files/A.swift": "// AWS_A\nlet a = \"unset AWS_A\"\nlet b = \"AWS_AB, env\"\nlet c = \"env\"\n",
        ])
        #expect(
            house.spelledNames == [
                "Host/Files/A.swift:2: AWS_A is to be named by its constant",
                "Host/Files/A.swift:4: env is to be named by its constant",
            ])
    }

    @Test func aRoomThatNobodyKnows() {
        let house = house(["SessionHealth/Attic/Box.swift": "struct Box {}\n"])
        #expect(house.strangers == ["SessionHealth/Attic/Box.swift: Attic is no known room"])
    }

    @Test func aWrongImport() {
        let house = house(["Host/Files/File.swift": "import SessionHealth\nprivate import CCurl\n// import X\n"])
        #expect(house.foreignImports == ["Host/Files/File.swift:2: Host may not import CCurl"])
    }

    @Test func tooMuchInOnePlace() {
        let long = String(repeating: "\n", count: House.mostLines)
        #expect(house(["Host/A/A.swift": long]).tooLong.isEmpty)
        #expect(house(["Host/A/A.swift": long + "\n"]).tooLong == ["Host/A/A.swift: 301 lines, more than 300"])
        let names = (0...House.mostFiles).map { "Host/A/\($0).swift" }
        let full = house(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
        #expect(full.tooFull == ["Host/A: 16 files, more than 15"])
    }

    @Test func aLookAtAClock() {
        let code = "let a = Date.now // Date.now\nlet b = \"Date()\"\n"
        #expect(house(["Host/A.swift": code]).readsOfClocks.isEmpty)
        #expect(
            house(["SessionHealth/Plan/A.swift": code]).readsOfClocks == [
                "SessionHealth/Plan/A.swift:1: Date.now reads a clock outside Host"
            ])
        let entry = "func run() throws {\n    let now = Date.now\n"
        #expect(house(["bedrock-agent/A.swift": entry]).readsOfClocks.isEmpty)
        #expect(house(["bedrock-agent/A.swift": entry + "let late = Date()\n"]).readsOfClocks.count == 2)
    }
}
