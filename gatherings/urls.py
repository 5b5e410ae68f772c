from django.urls import path

from gatherings import views

app_name = "gatherings"
urlpatterns = [
    path("", views.gathering_list, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/invite/", views.invite, name="invite"),
    path("<int:pk>/register/", views.register, name="register"),
    path("<int:pk>/attend/", views.attend, name="attend"),
    path("<int:pk>/hold/", views.hold, name="hold"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("guests/<int:pk>/register/", views.guest_register, name="guest_register"),
    path("guests/<int:pk>/decline/", views.guest_decline, name="guest_decline"),
    path("guests/<int:pk>/rate/", views.guest_rate, name="guest_rate"),
]
