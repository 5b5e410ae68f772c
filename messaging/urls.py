from django.urls import path

from messaging import reply_views, views

app_name = "messaging"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("inbox/", views.inbox, name="inbox"),
    path("channel/", views.channel_page, name="channel"),
    path("channel/stop/", views.channel_stop, name="channel_stop"),
    path("channel/resume/", views.channel_resume, name="channel_resume"),
    path("receipts/", views.receipts, name="receipts"),
    path("inbox/write/", reply_views.write_in, name="write_in"),
    path("replies/", reply_views.reply_list, name="reply_list"),
    path("replies/strangers/", reply_views.stranger_list, name="stranger_list"),
    path("replies/<int:pk>/match/", reply_views.reply_match, name="reply_match"),
    path("replies/<int:pk>/dismiss/", reply_views.reply_dismiss, name="reply_dismiss"),
    path("replies/customers/<int:pk>/", reply_views.conversation, name="conversation"),
    path("replies/customers/<int:pk>/claim/", reply_views.conversation_claim, name="conversation_claim"),
    path("replies/customers/<int:pk>/release/", reply_views.conversation_release, name="conversation_release"),
    path("replies/customers/<int:pk>/answer/", reply_views.conversation_answer, name="conversation_answer"),
    path("replies/customers/<int:pk>/settle/", reply_views.conversation_settle, name="conversation_settle"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/resend/", views.resend, name="resend"),
    path("<int:pk>/write-back/", reply_views.write_back, name="write_back"),
    path("templates/", views.template_list, name="template_list"),
    path("templates/<int:pk>/edit/", views.template_edit, name="template_edit"),
    path("rules/<int:pk>/edit/", views.rule_edit, name="rule_edit"),
    path("caps/<int:pk>/edit/", views.cap_edit, name="cap_edit"),
]
