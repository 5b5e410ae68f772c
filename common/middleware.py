from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from common.errors import DomainError, NotAllowed


class DomainErrorMiddleware:
    """Show a ``DomainError`` as a toast on the page it came from; a missing right is the 403 page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if not isinstance(error, DomainError):
            return None
        if request.htmx:
            return toast(HttpResponse(status=error.status), error.message, level="danger")
        if isinstance(error, NotAllowed):
            return render(request, "403.html", {"message": error.message}, status=403)
        back = request.META.get("HTTP_REFERER", "")
        if request.method != "POST" or not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            return render(request, "refused.html", {"message": error.message}, status=error.status)
        messages.error(request, error.message)
        return redirect(back)


class BadTextMiddleware:
    """Answer 400 to NUL and lone surrogates in addresses and forms, which no database stores (T105)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        for source in (request.GET, request.POST if request.content_type == "application/x-www-form-urlencoded" else {}):
            for name, values in getattr(source, "lists", dict)():
                if any(not storable(value) for value in (name, *values)):
                    return HttpResponseBadRequest(_("The field “%(field)s” holds a character that cannot be stored.") % {"field": ascii(name)})
        return self.get_response(request)


def storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def toast(response, message, level="success"):
    """Attach a toast to an htmx answer; ``static/js/manyi.js`` shows it and announces it politely."""
    return trigger_client_event(response, "toast", {"message": str(message), "level": level})
