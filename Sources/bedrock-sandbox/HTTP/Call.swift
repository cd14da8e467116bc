import Foundation

/// One HTTP request.
struct Call: Sendable {
    /// `GET`, `POST`, …
    let method: String
    /// Percent-encoded, as received.
    let rawPath: String
    /// Percent-encoded, as received, without the question mark.
    let rawQuery: String
    /// Names in lower case.
    let headers: [String: String]
    let body: Data

    /// The value of a header; names are case-insensitive.
    func header(_ name: String) -> String? { headers[name.lowercased()] }

    /// The path segments, percent-decoded one by one: an encoded slash stays within its segment. A prefix
    /// `/behind/NAME`, the path of an endpoint behind a gateway, is removed; so is `/in/REGION`.
    var path: [String] {
        let parts = parts
        return ["behind", "in"].contains(parts.first) ? Array(parts.dropFirst(2)) : parts
    }

    /// The region whose endpoint was called; nil for the address that stands for any.
    var region: String? {
        let parts = parts
        return parts.first == "in" && parts.count > 1 ? parts[1] : nil
    }

    private var parts: [String] {
        rawPath.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
    }

    /// The query parameters by name; of duplicates, the first.
    var query: [String: String] { Self.form(rawQuery) }

    /// A submitted HTML form's fields.
    var form: [String: String] { Self.form(String(decoding: body, as: UTF8.self)) }

    /// The first product in User-Agent, without its version.
    var client: String {
        let product = (header("User-Agent") ?? "").prefix { $0 != "/" && $0 != " " }
        return product.isEmpty ? "unknown" : String(product)
    }

    /// The body as JSON.
    ///
    /// - Throws: `invalid_request` if it is not declared as JSON, does not parse, or has a value of the wrong type.
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

    /// A plus sign that is not encoded is a space.
    private static func form(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for item in text.split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let spaced = String(part).replacing("+", with: " ")
                return spaced.removingPercentEncoding ?? spaced
            }
            guard let name = pair.first, values[name] == nil else { continue }
            values[name] = pair.count > 1 ? pair[1] : ""
        }
        return values
    }
}
