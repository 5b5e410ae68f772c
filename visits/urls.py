from django.urls import path

from visits import views
from visits.advice import views as advice
from visits.board import views as board
from visits.deliveries import views as deliveries
from visits.orders import views as orders
from visits.promises import views as promises
from visits.workshop import views as workshop

app_name = "visits"
urlpatterns = [
    path("reception/", views.reception, name="reception"),
    path("board/", board.board, name="board"),
    path("v/<str:token>/", board.progress, name="progress"),
    path("v/<str:token>/photo/", board.progress_photo, name="progress_photo"),
    path("visits/", views.visit_list, name="list"),
    path("visits/new/", views.create, name="create"),
    path("visits/<int:pk>/", views.detail, name="detail"),
    path("visits/<int:pk>/edit/", views.edit, name="edit"),
    path("visits/<int:pk>/paper/", orders.paper, name="paper"),
    path("visits/<int:pk>/share/", orders.share, name="share"),
    path("visits/<int:pk>/sign/", orders.sign, name="sign"),
    path("visits/<int:pk>/add_item/", orders.add_item, name="add_item"),
    path("visits/<int:pk>/items/<int:item_pk>/remove/", orders.remove_item, name="remove_item"),
    path("visits/<int:pk>/add_photo/", orders.add_photo, name="add_photo"),
    path("visits/<int:pk>/photos/<int:photo_pk>/", orders.photo, name="photo"),
    path("visits/<int:pk>/photos/<int:photo_pk>/remove/", orders.remove_photo, name="remove_photo"),
    path("visits/<int:pk>/judge_comeback/", orders.judge_comeback, name="judge_comeback"),
    path("visits/<int:pk>/add_work/", orders.add_work, name="add_work"),
    path("visits/<int:pk>/promise/", orders.promise, name="promise"),
    path("visits/<int:pk>/start_repair/", workshop.start_repair, name="start_repair"),
    path("visits/<int:pk>/assign/", workshop.assign, name="assign"),
    path("visits/<int:pk>/wait_for_parts/", workshop.wait_for_parts, name="wait_for_parts"),
    path("visits/<int:pk>/stop/", workshop.stop, name="stop"),
    path("visits/<int:pk>/resume/", workshop.resume, name="resume"),
    path("visits/<int:pk>/sign_check/", workshop.sign_check, name="sign_check"),
    path("visits/<int:pk>/send_to_inspection/", workshop.send_to_inspection, name="send_to_inspection"),
    path("visits/<int:pk>/inspect/", workshop.inspect, name="inspect"),
    path("visits/<int:pk>/hand_over/", views.hand_over, name="hand_over"),
    path("visits/<int:pk>/accept_backdating/", views.accept_backdating, name="accept_backdating"),
    path("visits/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("deliveries/", deliveries.delivery_list, name="delivery_list"),
    path("deliveries/new/", deliveries.delivery_create, name="delivery_create"),
    path("deliveries/<int:pk>/", deliveries.delivery_detail, name="delivery_detail"),
    path("deliveries/<int:pk>/tick/", deliveries.delivery_tick, name="delivery_tick"),
    path("deliveries/<int:pk>/photos/<int:item_pk>/", deliveries.delivery_photo, name="delivery_photo"),
    path("deliveries/<int:pk>/apply_for_plate/", deliveries.delivery_apply_for_plate, name="delivery_apply_for_plate"),
    path("deliveries/<int:pk>/take_temporary_plate/", deliveries.delivery_take_temporary_plate, name="delivery_take_temporary_plate"),
    path("deliveries/<int:pk>/fix_plate/", deliveries.delivery_fix_plate, name="delivery_fix_plate"),
    path("settings/ceremony/", deliveries.ceremony_edit, name="ceremony_edit"),
    path("advised-work/", advice.advised_list, name="advised_list"),
    path("advised-work/new/", advice.advised_create, name="advised_create"),
    path("advised-work/<int:pk>/", advice.advised_detail, name="advised_detail"),
    path("advised-work/<int:pk>/do_here/", advice.advised_do_here, name="advised_do_here"),
    path("advised-work/<int:pk>/do_elsewhere/", advice.advised_do_elsewhere, name="advised_do_elsewhere"),
    path("advised-work/<int:pk>/refuse/", advice.advised_refuse, name="advised_refuse"),
    path("promises/", promises.promise_list, name="promise_list"),
    path("promises/new/", promises.promise_create, name="promise_create"),
    path("promises/<int:pk>/", promises.promise_detail, name="promise_detail"),
    path("promises/<int:pk>/redeem/", promises.promise_redeem, name="promise_redeem"),
    path("promises/<int:pk>/waive/", promises.promise_waive, name="promise_waive"),
    path("appointments/", views.appointment_list, name="appointment_list"),
    path("appointments/new/", views.appointment_create, name="appointment_create"),
    path("appointments/<int:pk>/miss/", views.appointment_miss, name="appointment_miss"),
    path("appointments/<int:pk>/cancel/", views.appointment_cancel, name="appointment_cancel"),
]
