from django.contrib import admin

from visits.models import Appointment, Delivery, Visit


@admin.register(Visit)
class VisitAdmin(admin.ModelAdmin):
    list_display = ["number", "store", "kind", "status", "arrived_at", "handed_over_at"]
    list_filter = ["store", "status", "kind"]
    list_select_related = ["store"]
    search_fields = ["number", "external_id"]
    raw_id_fields = ["customer", "vehicle", "comeback_of", "advisor"]
    # Status and times change in the verbs only; a click here would leave no event.
    readonly_fields = ["status", "handed_over_at", "promised_at"]


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    list_display = ["__str__", "store", "delivered_at", "salesperson"]
    list_filter = ["store"]
    list_select_related = ["store", "customer", "vehicle", "salesperson"]
    raw_id_fields = ["customer", "vehicle", "salesperson"]


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):
    list_display = ["__str__", "store", "starts_at", "status"]
    list_filter = ["store", "status"]
    list_select_related = ["store", "vehicle"]
    raw_id_fields = ["customer", "vehicle", "visit", "advisor"]
    readonly_fields = ["status"]
