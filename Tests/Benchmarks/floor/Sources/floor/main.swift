// The baseline for `status` and for the daemon: the same libraries, without any processing.
import FoundationEssentials
import Glibc

let arguments = CommandLine.arguments
let environment = ProcessInfo.processInfo.environment
let path = environment["FLOOR_SOCKET"] ?? ""
switch arguments.dropFirst().first {
case "ask": ask(at: path)
case "serve": serve(at: path, since: Date.now)
default:
    print("usage: FLOOR_SOCKET=PATH floor ask|serve")
    exit(64)
}
