from django.contrib.auth.backends import ModelBackend


class RoleBackend(ModelBackend):
    """Answer every permission question from ``accounts.roles``."""

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.is_active and user_obj.may(perm, getattr(obj, "store_id", None))

    def get_all_permissions(self, user_obj, obj=None):
        if not user_obj.is_active or user_obj.is_anonymous:
            return set()
        return set().union(*(permissions for permissions, _ in user_obj.rights))
