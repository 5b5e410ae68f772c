"""The only door to rows of a store: ``Model.objects.for_user(user)``."""

from django.db import models


class StoreScopedQuerySet(models.QuerySet):
    """Rows that belong to a store. The model names the right that opens them in ``view_permission``."""

    store_path = "store_id"

    def for_user(self, user):
        return self.where_allowed(user, self.model.view_permission)

    def where_allowed(self, user, permission):
        """Return the rows of the stores in which ``user`` holds ``permission``."""
        store_ids = user.store_ids_with(permission)
        return self if store_ids is None else self.filter(**{f"{self.store_path}__in": store_ids})
