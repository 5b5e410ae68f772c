from django.urls import path

from surveys import draft_views, views

app_name = "surveys"
urlpatterns = [
    path("surveys/", views.response_list, name="list"),
    path("surveys/<int:pk>/", views.detail, name="detail"),
    path("surveys/<int:pk>/void/", views.void, name="void"),
    path("surveys/questionnaires/", views.questionnaire_list, name="questionnaire_list"),
    path("surveys/questionnaires/<int:pk>/", views.questionnaire_detail, name="questionnaire_detail"),
    path("surveys/questionnaires/<int:pk>/draft/", draft_views.questionnaire_draft, name="questionnaire_draft"),
    path("surveys/questionnaires/<int:pk>/edit/", draft_views.questionnaire_edit, name="questionnaire_edit"),
    path("surveys/questionnaires/<int:pk>/publish/", draft_views.questionnaire_publish, name="questionnaire_publish"),
    path("surveys/questionnaires/<int:pk>/discard/", draft_views.questionnaire_discard, name="questionnaire_discard"),
    path("mystery-shops/", views.mystery_shop_list, name="mystery_shop_list"),
    path("mystery-shops/create/", views.mystery_shop_create, name="mystery_shop_create"),
    path("mystery-shops/<int:pk>/", views.mystery_shop_detail, name="mystery_shop_detail"),
    path("mystery-shops/<int:pk>/enter/", views.mystery_shop_enter, name="mystery_shop_enter"),
    path("mystery-shops/<int:pk>/submit/", views.mystery_shop_submit, name="mystery_shop_submit"),
    path("mystery-shops/<int:pk>/discard/", views.mystery_shop_discard, name="mystery_shop_discard"),
    path("mystery-shops/<int:pk>/photos/<int:item_pk>/", views.mystery_shop_photo, name="mystery_shop_photo"),
]
