from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("account/photo/", views.photo_edit, name="photo_edit"),
    path("account/photo/remove/", views.photo_remove, name="photo_remove"),
    path("staff/<int:pk>/photo/", views.staff_photo, name="staff_photo"),
]
