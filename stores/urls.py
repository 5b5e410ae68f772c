from django.urls import path

from stores import views

app_name = "stores"
urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/create/", views.calendar_create, name="calendar_create"),
    path("calendar/<int:pk>/edit/", views.calendar_edit, name="calendar_edit"),
    path("calendar/<int:pk>/delete/", views.calendar_delete, name="calendar_delete"),
]
