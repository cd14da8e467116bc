import Foundation

/// One HTTP request, taken off the wire.
struct Call: Sendable {
    /// `GET`, `POST`, …
    let method: String
    /// Percent-encoded, as sent.
    let rawPath: String
    /// Percent-encoded, as sent, without the question mark.
    let rawQuery: String
    /// Names in lower case.
    let headers: [String: String]
    let body: Data

    /// The header's value, whatever the case of its name.
    func header(_ name: String) -> String? { headers[name.lowercased()] }

    /// The path's parts, decoded one by one: an encoded slash stays inside its part. `/behind/NAME` before them is the
    /// path of an endpoint behind a gateway, and goes with everything.
    var path: [String] {
        let parts = rawPath.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        return parts.first == "behind" ? Array(parts.dropFirst(2)) : parts
    }

    /// The query's values by name; where a name comes twice, the first.
    var query: [String: String] { Self.form(rawQuery, plusIsSpace: false) }

    /// A submitted HTML form's fields.
    var form: [String: String] { Self.form(String(decoding: body, as: UTF8.self), plusIsSpace: true) }

    /// The User-Agent's first product, without its version.
    var client: String {
        let product = (header("User-Agent") ?? "").prefix { $0 != "/" && $0 != " " }
        return product.isEmpty ? "unknown" : String(product)
    }

    /// The body as JSON.
    ///
    /// - Throws: `invalid_request` when it is not declared as JSON, does not parse, or has a value of another type.
    func json<Value: Decodable>(_ type: Value.Type) throws(Refusal) -> Value {
        let media = (header("Content-Type") ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        guard media.lowercased() == "application/json" else {
            throw .invalidRequest("Content-Type must be application/json")
        }
        guard let value = try? JSONDecoder().decode(type, from: body) else {
            throw .invalidRequest("The body is not the JSON object that was expected")
        }
        return value
    }

    private static func form(_ text: String, plusIsSpace: Bool) -> [String: String] {
        var values: [String: String] = [:]
        for item in text.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let spaced = plusIsSpace ? String(part).replacing("+", with: " ") : String(part)
                return spaced.removingPercentEncoding ?? spaced
            }
            guard let name = pair.first, values[name] == nil else { continue }
            values[name] = pair.count > 1 ? pair[1] : ""
        }
        return values
    }
}
