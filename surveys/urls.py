from django.urls import path

from surveys import views

app_name = "surveys"
urlpatterns = [
    path("surveys/", views.response_list, name="list"),
    path("surveys/<int:pk>/", views.detail, name="detail"),
    path("surveys/<int:pk>/void/", views.void, name="void"),
    path("surveys/questionnaires/", views.questionnaire_list, name="questionnaire_list"),
    path("surveys/questionnaires/<int:pk>/", views.questionnaire_detail, name="questionnaire_detail"),
    path("mystery-shops/", views.mystery_shop_list, name="mystery_shop_list"),
    path("mystery-shops/create/", views.mystery_shop_create, name="mystery_shop_create"),
    path("mystery-shops/<int:pk>/", views.mystery_shop_detail, name="mystery_shop_detail"),
    path("mystery-shops/<int:pk>/enter/", views.mystery_shop_enter, name="mystery_shop_enter"),
    path("mystery-shops/<int:pk>/submit/", views.mystery_shop_submit, name="mystery_shop_submit"),
    path("mystery-shops/<int:pk>/discard/", views.mystery_shop_discard, name="mystery_shop_discard"),
    path("mystery-shops/<int:pk>/photos/<int:item_pk>/", views.mystery_shop_photo, name="mystery_shop_photo"),
]
