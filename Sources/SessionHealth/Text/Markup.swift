extension String {
    /// The text as markup shows it. By code points: to `Character`, `<` with an accent would be another one.
    /// - Parameter quotes: for a page, where it may also stand between quotation marks.
    package func escapedMarkup(quotes: Bool = false) -> String {
        unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"" where quotes: text += "&quot;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
