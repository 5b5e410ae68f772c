from rest_framework.permissions import BasePermission


class RolePermission(BasePermission):
    """Ask for the right of the action: ``view.permissions[action]``, else ``view.permission``."""

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated:
            return False
        return request.user.may(required_permission(view))


def required_permission(view):
    return getattr(view, "permissions", {}).get(getattr(view, "action", None)) or view.permission
