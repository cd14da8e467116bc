/// Spans of time in words for people; `format` is for what programs read.
extension TimeSpan {
    /// Such as `90 s`, `89 min`, `7 h 59 min`, `89 days`.
    package static func words(seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: "\(seconds / 86400) days"
        }
    }

    /// An estimate, in one unit: `15 min`, `8 h`, `90 days`.
    package static func roughWords(seconds: Int) -> String {
        switch seconds {
        case ..<5400: "\(seconds / 60) min"
        case ..<259_200: "\(Int((Double(seconds) / 3600).rounded())) h"
        default: "\(seconds / 86400) days"
        }
    }
}
