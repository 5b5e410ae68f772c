from django.contrib import admin

from activity.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """The audit trail: read only."""

    list_display = ["at", "code", "actor", "store"]
    list_filter = ["store"]
    list_select_related = ["actor", "store"]
    search_fields = ["code"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
