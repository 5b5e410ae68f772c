"""Mail by an SMTP server, through Django's mail backend. A mail that was taken is sent; no server reports more, nor can it be asked."""

import smtplib
import ssl
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.utils import DNS_NAME
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from customers.models import Channel
from messaging.channels import TIMEOUT, NoAnswer, Refused, Suspended, Unavailable
from messaging.reach import address_of

NAME = _("Mail (SMTP)")
MEDIUM = Channel.EMAIL
OPTIONS = ("host", "from")
PORTS = {"": 25, "starttls": 587, "ssl": 465}


def send(message):
    check(address_of(message.customer))
    connection = open_connection(settings.MESSAGE_OPTIONS)
    try:
        letter(message, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise sort(code, words) from error
    except smtplib.SMTPSenderRefused as error:
        raise Suspended(answer(error.smtp_code, error.smtp_error)) from error
    except smtplib.SMTPResponseException as error:
        raise sort(error.smtp_code, error.smtp_error) from error
    except OSError as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        close(connection)


def query(message):
    return None


def check(address):
    """Refuse what is no address, lines that would become headers included."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(error.code) from error


def open_connection(options):
    """Nothing has been handed over before the connection stands, so a failure here is certain."""
    tls = options.get("tls", "")
    login = {"username": options.get("user", ""), "password": options.get("password", "")}
    secured = {"use_tls": tls == "starttls", "use_ssl": tls == "ssl"}
    port = options.get("port") or PORTS[tls]
    connection = get_connection("django.core.mail.backends.smtp.EmailBackend", host=options["host"], port=port, timeout=TIMEOUT, **login, **secured)
    try:
        connection.open()
    except OSError as error:
        close(connection)
        needs_a_person = isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError)
        raise (Suspended if needs_a_person else Unavailable)(type(error).__name__) from error
    return connection


def close(connection):
    """The mail has been taken by then, or not: how the talk ends changes nothing."""
    with suppress(OSError):
        connection.close()


def letter(message, connection):
    """The number of the message and its try name the mail, so that a doubt can be looked up in the server's log."""
    subject = f"{message.store.name}: {message.template.name_zh}"
    name = {"Message-ID": f"<message-{message.pk}-{message.attempts}@{DNS_NAME}>"}
    return EmailMessage(subject, message.body, settings.MESSAGE_OPTIONS["from"], [address_of(message.customer)], connection=connection, headers=name)


def sort(code, words):
    """A 4xx is for now, a 5xx for good; each is a word of the server, so nothing is in doubt."""
    return (Refused if code >= 500 else Unavailable)(answer(code, words))


def answer(code, words):
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
