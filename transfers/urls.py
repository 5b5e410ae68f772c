from django.urls import path

from transfers import views

app_name = "transfers"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/rejected/", views.rejected, name="rejected"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
