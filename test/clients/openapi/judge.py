"""Judges recorded calls and answers by an OpenAPI document with openapi-core, which others wrote.

judge.py DOCUMENT CALLS: prints what is wrong, one JSON object in each line, and last how many calls there were.
"""

import json
import sys

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

HOST = "http://localhost:3000"
# On one machine callers from this machine need no signature.
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=local"}


def request_of(call):
    path, _, query = call["target"].partition("?")
    headers = {**(SIGNED if path.startswith("/admin/") else {}), **call["requestHeaders"]}
    args = {}
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        args[name] = value
    return MockRequest(
        HOST,
        call["method"].lower(),
        path,
        args=args,
        headers=headers,
        data=call["body"].encode("latin-1") or None,
        content_type=headers.get("content-type", "application/json").split(";")[0],
    )


def response_of(call):
    return MockResponse(
        (call.get("answer") or "").encode() or None,
        status_code=call["status"],
        headers=call["headers"],
        content_type=call["headers"].get("content-type", "application/json"),
    )


def words_of(error):
    causes = getattr(getattr(error, "__cause__", None), "schema_errors", None)
    return "; ".join([str(error), *(one.message for one in list(causes or [])[:3])])


def judge(document, calls):
    openapi = OpenAPI.from_file_path(document)
    count = 0
    for line in open(calls, encoding="utf8"):
        call = json.loads(line)
        count += 1
        request = request_of(call)
        try:
            if call["status"] < 300:
                openapi.validate_request(request)
            openapi.validate_response(request, response_of(call))
        except (OpenAPIError, ValueError) as error:
            yield {"call": f"{call['routeKey']} {call['status']}", "wrong": words_of(error), "line": count}
    yield {"calls": count}


if __name__ == "__main__":
    for found in judge(*sys.argv[1:3]):
        print(json.dumps(found), flush=True)
