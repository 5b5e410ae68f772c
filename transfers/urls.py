from django.urls import path

from transfers import feed_views, preview_views, views

app_name = "transfers"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/rejected/", views.rejected, name="rejected"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("incoming/<int:pk>/", preview_views.preview, name="preview"),
    path("incoming/<int:pk>/map/", preview_views.preview_map, name="preview_map"),
    path("incoming/<int:pk>/confirm/", preview_views.preview_confirm, name="preview_confirm"),
    path("incoming/<int:pk>/discard/", preview_views.preview_discard, name="preview_discard"),
    path("feeds/", feed_views.feed_list, name="feed_list"),
    path("feeds/new/", feed_views.feed_create, name="feed_create"),
    path("feeds/<int:pk>/", feed_views.feed_edit, name="feed_edit"),
    path("feeds/<int:pk>/stop/", feed_views.feed_stop, name="feed_stop"),
    path("feeds/<int:pk>/resume/", feed_views.feed_resume, name="feed_resume"),
]
