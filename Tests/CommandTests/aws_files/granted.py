"""What stands for AWS grants whoever asks: by the portal, and by STS for the operation that is filled in."""

ROLE = {
    "accessKeyId": "ASIASSO", "secretAccessKey": "not-a-secret", "sessionToken": "none", "expiration": 4102444800000}
ASSUMED = """<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result><Credentials>
<AccessKeyId>ASIASTS</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>none</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></{0}Result></{0}Response>"""
