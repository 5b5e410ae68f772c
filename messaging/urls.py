from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("inbox/", views.inbox, name="inbox"),
    path("channel/", views.channel_page, name="channel"),
    path("channel/stop/", views.channel_stop, name="channel_stop"),
    path("channel/resume/", views.channel_resume, name="channel_resume"),
    path("receipts/", views.receipts, name="receipts"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/resend/", views.resend, name="resend"),
    path("templates/", views.template_list, name="template_list"),
    path("templates/<int:pk>/edit/", views.template_edit, name="template_edit"),
    path("rules/<int:pk>/edit/", views.rule_edit, name="rule_edit"),
]
