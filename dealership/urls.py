from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("common.urls")),
    path("notifications/", include("notifications.urls")),
    path("settings/", include("stores.urls")),
    path("", include("customers.urls")),
    path("", include("visits.urls")),
    path("", include("followups.urls")),
    path("complaints/", include("complaints.urls")),
    path("handoffs/", include("handoffs.urls")),
    path("leads/", include("leads.urls")),
    path("gatherings/", include("gatherings.urls")),
    path("", include("surveys.urls")),
    path("messages/", include("messaging.urls")),
    path("", include("kpis.urls")),
    path("imports/", include("transfers.urls")),
    path("exports/", include("transfers.export_urls")),
    path("api/v1/", include(("dealership.api_urls", "api"))),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("admin/", admin.site.urls),
]
