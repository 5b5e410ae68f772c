from django.urls import path

from common import views

app_name = "common"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("styleguide/", views.styleguide_page, name="styleguide"),
]
