from django.urls import path

from customers import custom_views, inspection_views, merge_views, views
from customers.quality import views as quality

app_name = "customers"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("customers/", views.customer_list, name="list"),
    path("customers/new/", views.create, name="create"),
    path("customers/new/alike/", views.alike, name="alike"),
    path("vehicles/new/alike/", views.vehicle_alike, name="vehicle_alike"),
    path("customers/<int:pk>/", views.detail, name="detail"),
    path("customers/<int:pk>/edit/", views.edit, name="edit"),
    path("customers/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("customers/<int:pk>/stop_calls/", views.stop_calls, name="stop_calls"),
    path("customers/<int:pk>/allow_calls/", views.allow_calls, name="allow_calls"),
    path("customers/<int:pk>/set_consent/", views.set_consent, name="set_consent"),
    path("customers/<int:pk>/contacts/new/", views.add_contact, name="add_contact"),
    path("customers/<int:pk>/vehicles/new/", views.vehicle_create, name="vehicle_create"),
    path("customers/<int:pk>/merge/<int:other_pk>/", merge_views.merge, name="merge"),
    path("customers/<int:pk>/unmerge/", merge_views.unmerge, name="unmerge"),
    path("duplicates/", merge_views.duplicate_list, name="duplicate_list"),
    path("duplicates/find/", merge_views.duplicate_find, name="duplicate_find"),
    path("duplicates/<int:pk>/dismiss/", merge_views.duplicate_dismiss, name="duplicate_dismiss"),
    path("data-quality/", quality.quality, name="quality"),
    path("data-quality/<slug:rule_code>/", quality.quality_rows, name="quality_rows"),
    path("data-quality/<slug:rule_code>/<int:pk>/fix/", quality.quality_fix, name="quality_fix"),
    path("data-quality/<slug:rule_code>/<int:pk>/attest/", quality.quality_attest, name="quality_attest"),
    path("contacts/<int:pk>/remove/", views.remove_contact, name="remove_contact"),
    path("vehicles/", views.vehicle_list, name="vehicle_list"),
    path("vehicles/<int:pk>/", views.vehicle_detail, name="vehicle_detail"),
    path("vehicles/<int:pk>/edit/", views.vehicle_edit, name="vehicle_edit"),
    path("vehicles/<int:pk>/transfer/", views.vehicle_transfer, name="vehicle_transfer"),
    path("vehicles/<int:pk>/inspect/", inspection_views.vehicle_inspect, name="vehicle_inspect"),
    path("settings/inspection-rules/", inspection_views.inspectionrule_list, name="inspectionrule_list"),
    path("settings/inspection-rules/new/", inspection_views.inspectionrule_create, name="inspectionrule_create"),
    path("settings/inspection-rules/<int:pk>/", inspection_views.inspectionrule_edit, name="inspectionrule_edit"),
    path("settings/fields/", custom_views.custom_field_list, name="custom_field_list"),
    path("settings/fields/new/", custom_views.custom_field_create, name="custom_field_create"),
    path("settings/fields/<int:pk>/edit/", custom_views.custom_field_edit, name="custom_field_edit"),
    path("settings/fields/<int:pk>/remove/", custom_views.custom_field_remove, name="custom_field_remove"),
    path("settings/fields/<int:pk>/restore/", custom_views.custom_field_restore, name="custom_field_restore"),
]
