import SessionHealth

/// `org.varlink.service`, which every Varlink service implements: information about it, and its interface descriptions.
package struct VarlinkService: Sendable {
    package var vendor: String
    package var product: String
    package var version: String
    package var url: String
    /// The interface descriptions by name, except for `org.varlink.service` itself.
    package var interfaces: [String: String]

    package init(vendor: String, product: String, version: String, url: String, interfaces: [String: String]) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
        self.interfaces = interfaces
    }

    /// Answers a call to a method outside the service's own interfaces.
    package static func answer(_ call: VarlinkCall, _ exchange: VarlinkExchange, _ service: VarlinkService)
        throws(VarlinkError)
    {
        guard let dot = call.method.lastIndex(of: ".") else { throw .invalidParameter("method") }
        let interface = String(call.method[..<dot])
        switch call.method {
        case "org.varlink.service.GetInfo":
            try call.allow()
            exchange.reply(service.info)
        case "org.varlink.service.GetInterfaceDescription":
            try call.allow("interface")
            guard let wanted = try call.string("interface") else { throw .invalidParameter("interface") }
            let all = service.interfaces.merging(["org.varlink.service": ownDescription]) { $1 }
            guard let description = all[wanted] else { throw notFound("Interface", wanted) }
            exchange.reply(VarlinkReply.object(["description": description]))
        default:
            let isKnown = interface == "org.varlink.service" || service.interfaces[interface] != nil
            throw isKnown ? notFound("Method", call.method) : notFound("Interface", interface)
        }
    }

    private var info: [UInt8] {
        let names = (interfaces.keys.sorted() + ["org.varlink.service"]).map { JSONString.encode($0) }
        let strings = VarlinkReply.object(["vendor": vendor, "product": product, "version": version, "url": url])
        return strings.dropLast() + Array(#","interfaces":["#.utf8) + names.joined(separator: [UInt8(ascii: ",")])
            + Array("]}".utf8)
    }

    private static func notFound(_ what: String, _ name: String) -> VarlinkError {
        VarlinkError("org.varlink.service.\(what)NotFound", [what.lowercased(): name])
    }

    private static let ownDescription = """
        # The Varlink Service Interface is provided by every varlink service.
        interface org.varlink.service

        method GetInfo() -> (
          vendor: string,
          product: string,
          version: string,
          url: string,
          interfaces: []string
        )

        method GetInterfaceDescription(interface: string) -> (description: string)

        error InterfaceNotFound (interface: string)
        error MethodNotFound (method: string)
        error MethodNotImplemented (method: string)
        error InvalidParameter (parameter: string)
        error PermissionDenied ()
        error ExpectedMore ()

        """
}
