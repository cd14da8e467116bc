/// Inputs in one text file, an input a line: printable ASCII as it is, all else as `\n` or `\xHH`.
package enum Corpus {
    package static func write(_ inputs: [[UInt8]]) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for input in inputs {
            for byte in input {
                switch byte {
                case 0x0A: text += Array(#"\n"#.utf8)
                case UInt8(ascii: "\\"): text += Array(#"\\"#.utf8)
                case 0x20..<0x7F: text.append(byte)
                default: text += Array(#"\x"#.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            text.append(0x0A)
        }
        return text
    }

    package static func read(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map { line in
            var input: [UInt8] = []
            var rest = line
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "\\"), let letter = rest.popFirst() else {
                    input.append(byte)
                    continue
                }
                switch letter {
                case UInt8(ascii: "n"): input.append(0x0A)
                case UInt8(ascii: "x"):
                    input.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                    rest = rest.dropFirst(2)
                default: input.append(letter)
                }
            }
            return input
        }
    }
}
