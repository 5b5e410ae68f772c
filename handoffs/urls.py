from django.urls import path

from handoffs import views

app_name = "handoffs"
urlpatterns = [
    path("", views.handoff_list, name="list"),
    path("new/<slug:store_code>/<str:username>/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
