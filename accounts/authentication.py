from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiToken
from accounts.roles import ALL_PERMISSIONS

USE_NOTED_EVERY = timedelta(minutes=5)


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token <key>``: the owner's rights, narrowed to the token's scopes and stores."""

    def authenticate(self, request):
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"token":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("The header must read: Authorization: Token, a space, the key."))
        token = self.find(words[1].decode("latin-1"))
        self.note_use(token)
        return narrowed(token), token

    def authenticate_header(self, request):
        return "Token"

    def find(self, key):
        tokens = ApiToken.objects.select_related("user").prefetch_related("stores")
        token = tokens.filter(key_hash=ApiToken.hashed(key), revoked_at=None, user__is_active=True).first()
        if token is None:
            raise AuthenticationFailed(_("The token is unknown or revoked."))
        return token

    def note_use(self, token):
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def narrowed(token):
    """Return the owner with every right outside the token's scopes and stores taken away."""
    user = token.user
    scopes = set(token.scopes)
    stores = {store.pk for store in token.stores.all()}
    rights = [(ALL_PERMISSIONS, None)] if user.is_superuser else user.rights
    user.is_superuser = user.is_superuser and not scopes and not stores
    user.rights = [(limit(permissions, scopes), limit(store_ids, stores)) for permissions, store_ids in rights]
    return user


def limit(held, allowed):
    """Return ``held`` narrowed to ``allowed``; None holds everything, an empty ``allowed`` narrows nothing."""
    if not allowed:
        return held
    return allowed if held is None else held & allowed
