import Foundation

/// STS speaks XML.
extension Reply {
    /// GetCallerIdentity's answer.
    static func identity(of credentials: RoleCredentials) -> Reply {
        xml(
            """
            <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
            <Arn>\(credentials.arn)</Arn><UserId>AROASANDBOX:person</UserId><Account>\(credentials.account)</Account>\
            </GetCallerIdentityResult><ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata>\
            </GetCallerIdentityResponse>
            """)
    }

    /// AssumeRole's answer.
    static func assumed(_ credentials: RoleCredentials) -> Reply {
        xml(
            """
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>\
            <AccessKeyId>\(credentials.accessKeyID)</AccessKeyId>\
            <SecretAccessKey>\(credentials.secretAccessKey)</SecretAccessKey>\
            <SessionToken>\(credentials.sessionToken)</SessionToken>\
            <Expiration>\(Record.stamp(credentials.expiresAt))</Expiration></Credentials>\
            <AssumedRoleUser><Arn>\(credentials.arn)</Arn><AssumedRoleId>AROASANDBOX:person</AssumedRoleId>\
            </AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata>\
            </AssumeRoleResponse>
            """)
    }

    /// A refusal of STS, whose errors are not called exceptions.
    static func xmlRefusal(_ refusal: Refusal) -> Reply {
        let code = refusal.exception.replacing(/Exception$/, with: "")
        return xml(
            """
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
            <Code>\(code)</Code><Message>\(Pages.escaped(refusal.message))</Message></Error>\
            <RequestId>sandbox</RequestId></ErrorResponse>
            """, status: refusal.status)
    }

    private static func xml(_ text: String, status: Int = 200) -> Reply {
        Reply(status: status, headers: ["Content-Type": "text/xml"], body: Data(text.utf8))
    }
}
