// fuzz SUBJECT [OPTION]… [FOLDER]…: fuzzes a subject, by libFuzzer's options
// fuzz SUBJECT unpack CORPUS FOLDER: writes each input of a corpus into a file of its own, beside those that are there
// fuzz SUBJECT pack CORPUS FOLDER:   the reverse
import FoundationEssentials
import FuzzSubjects
import Glibc

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ check: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

func fail(_ message: String) -> Never {
    say("fuzz: \(message)")
    exit(64)
}

func say(_ message: String) {
    let line = Array("\(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}

func files(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
}

/// libFuzzer starts itself again, for example to merge, without the first argument: the variable is for that.
enum Chosen {
    static let variable = "BEDROCK_FUZZ_SUBJECT"
    static let named = CommandLine.arguments.dropFirst().first.flatMap(Subject.named)
    static let subject = named ?? ProcessInfo.processInfo.environment[variable].flatMap(Subject.named)
}

let words = CommandLine.arguments
guard let chosen = Chosen.subject else {
    fail("name a subject: \(Subject.all.map(\.name).joined(separator: " "))")
}
setenv(Chosen.variable, chosen.name, 1)

if words.count == 5, words[2] == "unpack" {
    for (index, input) in Corpus.read(try [UInt8](Data(contentsOf: URL(filePath: words[3])))).enumerated() {
        let name = "\(URL(filePath: words[3]).deletingLastPathComponent().lastPathComponent)-\(index)"
        try Data(input).write(to: URL(filePath: "\(words[4])/\(name)"))
    }
    exit(0)
}
if words.count == 5, words[2] == "pack" {
    let inputs = try files(in: words[4]).map { try [UInt8](Data(contentsOf: URL(filePath: $0))) }
    // In an order of their own, so that little changes when an input comes or goes.
    let sorted = inputs.sorted { $0.lexicographicallyPrecedes($1) }
    try Data(Corpus.write(sorted)).write(to: URL(filePath: words[3]))
    exit(0)
}

let skipped = Chosen.named == nil ? 0 : 1
var count = CommandLine.argc - CInt(skipped)
let program = CommandLine.unsafeArgv[0]
var arguments = CommandLine.unsafeArgv.advanced(by: skipped)
arguments[0] = program
exit(
    runFuzzer(&count, &arguments) { bytes, count in
        do throws(Violation) {
            try Chosen.subject?.check(Input([UInt8](UnsafeBufferPointer(start: bytes, count: count))))
        } catch {
            say("\(error)")
            abort()
        }
        return 0
    })
