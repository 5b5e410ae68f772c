from django.urls import path

from complaints import views

app_name = "complaints"
urlpatterns = [
    path("", views.complaint_list, name="list"),
    path("of-customer/<int:customer_pk>/", views.of_customer, name="of_customer"),
    path("create/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/evidence/<int:number>/", views.evidence, name="evidence"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/verify/", views.verify, name="verify"),
    path("<int:pk>/reassign/", views.reassign, name="reassign"),
    path("<int:pk>/ask-exception/", views.ask_exception, name="ask_exception"),
    path("<int:pk>/approve-exception/", views.approve_exception, name="approve_exception"),
    path("<int:pk>/reject-exception/", views.reject_exception, name="reject_exception"),
]
