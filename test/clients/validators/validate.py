import json
import sys

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata

# Prints what the two metadata models of Authlib say of a discovery document on standard input: `accepted` or the error.


def say(model, document):
    try:
        model(document).validate()
        return "accepted"
    except ValueError as error:
        return str(error)


document = json.load(sys.stdin)
print(
    json.dumps(
        {
            "Authlib, AuthorizationServerMetadata": say(AuthorizationServerMetadata, document),
            "Authlib, OpenIDProviderMetadata": say(OpenIDProviderMetadata, document),
        }
    )
)
