import CCurl
import Glibc
import Host
import SessionHealth

/// One HTTP request and its answer, by libcurl: proxies, `NO_PROXY` and certificates are its business.
struct HTTPExchange {
    struct Answer {
        var status: Int
        var body: [UInt8]
        /// Without what follows a colon, as AWS's SDKs cut it.
        var errorType: String?
        /// The absolute address to which a 3xx sends.
        var redirect: String?
    }

    /// No answer came: network, name, time, TLS, or one larger than ours ever are.
    struct NoAnswer: Error {
        let reason: String
    }

    /// Seconds.
    var connectTimeout = 10
    var timeout = 30
    var caBundle: String?
    /// STS would answer in JSON, too, by a form of its own.
    var accept = "application/json"
    /// A signal that is blocked and pending ends it.
    var endsBySignal = false
    /// Keeps the connection from one request to the next.
    private let connection = Connection()
    private static let largestAnswer = 4 << 20
    /// Bytes; the system's has some 200 kB.
    private static let largestBundle = 16 << 20

    /// Posts a JSON body.
    /// - Parameter headers: whole lines, `Name: value`.
    func post(_ body: [UInt8], to url: String, headers: [String] = []) throws(NoAnswer) -> Answer {
        try exchange(url, headers: ["Content-Type: application/json", "Expect:"] + headers, body: body)
    }

    /// - Parameter headers: whole lines, `Name: value`.
    func get(_ url: String, headers: [String] = []) throws(NoAnswer) -> Answer {
        try exchange(url, headers: headers, body: nil)
    }

    /// Where a page redirects to; nil where it does not.
    func redirect(of url: String) throws(NoAnswer) -> String? {
        let head = try exchange(url, headers: [], body: nil, wantsHead: true)
        // Not every server knows HEAD.
        return [405, 501].contains(head.status) ? try get(url).redirect : head.redirect
    }

    private func exchange(
        _ url: String, headers lines: [String], body: [UInt8]?, wantsHead: Bool = false
    ) throws(NoAnswer) -> Answer {
        guard let handle = connection.handle else { throw NoAnswer(reason: "libcurl cannot start") }
        curl_easy_reset(handle)
        var headers: UnsafeMutablePointer<curl_slist>?
        for line in ["Accept: \(accept)"] + lines { headers = curl_slist_append(headers, line) }
        defer { curl_slist_free_all(headers) }
        let received = Received(limit: HTTPExchange.largestAnswer)
        _ = curl_set_string(handle, CURLOPT_URL, url)
        _ = curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "https,http")
        _ = curl_set_string(handle, CURLOPT_USERAGENT, "bedrock-agent-net/\(Version.current)")
        _ = curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, connectTimeout)
        _ = curl_set_long(handle, CURLOPT_TIMEOUT, timeout)
        _ = curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        if endsBySignal { _ = curl_set_progress(handle) { _, _, _, _, _ in isEndAsked() ? 1 : 0 } }
        if let caBundle {
            if !url.hasPrefix("http://") { try look(at: caBundle) }
            _ = curl_set_string(handle, CURLOPT_CAINFO, caBundle)
        }
        _ = curl_set_write(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let received = Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
                return received.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
            }, Unmanaged.passUnretained(received).toOpaque())
        let code = (body ?? []).withUnsafeBytes { bytes -> CURLcode in
            if body != nil {
                _ = curl_set_long(handle, CURLOPT_POST, 1)
                _ = curl_set_long(handle, CURLOPT_POSTFIELDSIZE, bytes.count)
                _ = curl_set_pointer(handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
            if wantsHead { _ = curl_set_long(handle, CURLOPT_NOBODY, 1) }
            return curl_easy_perform(handle)
        }
        guard code == CURLE_OK else {
            let reason = String(cString: curl_easy_strerror(code))
            let isOfBundle = code == CURLE_SSL_CACERT_BADFILE
            throw NoAnswer(reason: isOfBundle ? "\(caBundle ?? "the system's certificates"): \(reason)" : reason)
        }
        var status = 0
        _ = curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        var redirect: UnsafeMutablePointer<CChar>?
        _ = curl_get_string(handle, CURLINFO_REDIRECT_URL, &redirect)
        return Answer(
            status: status, body: received.bytes, errorType: errorType(handle),
            redirect: redirect.map { String(cString: $0) })
    }

    /// OpenSSL would wait for whoever writes to a FIFO, for ever, and does not say which file it cannot read.
    private func look(at bundle: String) throws(NoAnswer) {
        do throws(SystemError) {
            guard try FileContent(of: bundle, limit: HTTPExchange.largestBundle) != nil else {
                throw SystemError("read the CA bundle", bundle, ENOENT)
            }
        } catch {
            throw NoAnswer(reason: "\(error)")
        }
    }

    private func errorType(_ handle: UnsafeMutableRawPointer) -> String? {
        var header: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(handle, "x-amzn-ErrorType", 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK,
            let value = header?.pointee.value
        else { return nil }
        return String(cString: value).split(separator: ":").first.map(String.init)
    }
}

private final class Connection {
    let handle: UnsafeMutableRawPointer? = curl_easy_init()

    deinit { if let handle { curl_easy_cleanup(handle) } }
}

private func isEndAsked() -> Bool {
    var pending = sigset_t()
    sigpending(&pending)
    return BlockedSignals.endings.contains { sigismember(&pending, $0) == 1 }
}

/// What the service sends, up to a limit.
private final class Received {
    private(set) var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// How many bytes were taken; fewer than given ends the transfer.
    func append(_ more: UnsafeRawBufferPointer) -> Int {
        guard bytes.count + more.count <= limit else { return 0 }
        bytes += more
        return more.count
    }
}
