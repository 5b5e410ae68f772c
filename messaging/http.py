"""One call to a provider over HTTP, sorted by what it means for the message when it goes wrong (T67)."""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from messaging.channels import TIMEOUT, NoAnswer, Refused, Suspended, Unavailable

LONGEST_ANSWER = 1024 * 1024


def call(method, url, body=None, headers=None):
    """Return what the provider answered, decoded; no redirect is followed, as the text goes where it was told to go and nowhere else."""
    status, answer = exchange(method, url, body, headers or {})
    if status // 100 != 2:
        refuse_status(status)
    try:
        return json.loads(answer)
    except ValueError as error:
        # Something between us and the provider has answered: nobody knows what became of the call.
        raise NoAnswer(f"HTTP {status} without JSON") from error


def refuse_status(status):
    answer = f"HTTP {status}"
    if status in (429, 503):
        raise Unavailable(answer)
    if status in (401, 403):
        raise Suspended(answer)
    raise NoAnswer(answer) if status >= 500 else Refused(answer)


def exchange(method, url, body, headers):
    address = urlsplit(url)
    kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = kind(address.hostname, address.port, timeout=TIMEOUT)
    try:
        connect(connection)
        connection.request(method, address._replace(scheme="", netloc="").geturl() or "/", body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(LONGEST_ANSWER)
    except (OSError, HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        connection.close()


def connect(connection):
    """Nothing has been handed over before the connection stands, so a failure here is certain."""
    try:
        connection.connect()
    except OSError as error:
        raise Unavailable(type(error).__name__) from error
