// AWS regions, and the partition of each.

package enum Region {
    /// Whether a string may be used in a host name: lower-case letters, digits and inner hyphens, at most 63.
    ///
    /// A region comes from files and the environment. A dot, slash or `@` in it could send a token to another host.
    package static func isValid(_ region: String) -> Bool {
        let bytes = region.utf8
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        let hyphen = UInt8(ascii: "-")
        return first != hyphen && last != hyphen
            && bytes.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == hyphen }
    }
}

extension Region {
    /// Without the `fips-` that asks for FIPS endpoints: `fips-us-east-1` is us-east-1, by its FIPS hosts.
    package static func plain(_ region: String) -> String {
        region.replacing("fips-", with: "").replacing("-fips", with: "")
    }

    /// Whether AWS's programs take it for the region of a host: as ``isValid(_:)``, but in any case, since host names have
    /// none, and not digits alone.
    static func isInHostName(_ region: String) -> Bool {
        let small = region.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        return isValid(String(decoding: small, as: UTF8.self)) && !small.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }
}

/// The DNS suffixes of a partition (botocore's `partitions.json`).
struct Partition {
    var suffix: String
    var dualStackSuffix: String

    /// A region with an unknown prefix belongs to the commercial partition, as in botocore.
    init(of region: String) {
        let (suffix, dualStackSuffix) =
            Self.suffixes.first { region.hasPrefix($0.prefix) }.map { ($0.suffix, $0.dualStackSuffix) }
            ?? ("amazonaws.com", "api.aws")
        self.suffix = suffix
        self.dualStackSuffix = dualStackSuffix
    }

    private static let suffixes: [(prefix: String, suffix: String, dualStackSuffix: String)] = [
        ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
        ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
        ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ]
}
