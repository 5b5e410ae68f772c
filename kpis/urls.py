from django.urls import path

from kpis import views

app_name = "kpis"
urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/<slug:code>/", views.detail, name="detail"),
    path("dashboard/<slug:code>/rows/", views.rows, name="rows"),
    path("settings/targets/", views.target_list, name="target_list"),
    path("settings/targets/new/", views.target_create, name="target_create"),
    path("settings/targets/<int:pk>/", views.target_edit, name="target_edit"),
    path("settings/bands/new/", views.band_create, name="band_create"),
    path("settings/bands/<int:pk>/", views.band_edit, name="band_edit"),
]
