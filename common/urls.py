from django.urls import path

from common import views

app_name = "common"
urlpatterns = [
    path("styleguide/", views.styleguide_page, name="styleguide"),
]
