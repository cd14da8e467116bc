import ArgumentParser

struct Setup: ParsableCommand {
    func run() throws {}
}
