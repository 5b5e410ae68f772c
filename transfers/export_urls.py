from django.urls import path

from transfers import export_views as views

app_name = "exports"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/file/", views.download, name="download"),
]
