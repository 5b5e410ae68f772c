"""A mail server for tests that does what ``answers`` says: an exception per sending, and whether it can be reached at all."""

from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as Locmem

answers = []
away = []


class EmailBackend(Locmem):
    def open(self):
        if away:
            raise away[0]

    def send_messages(self, messages):
        if answers:
            raise answers.pop(0)
        return super().send_messages(messages)


def sent():
    return [(message.to, message.subject) for message in mail.outbox]
