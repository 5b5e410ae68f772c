from django.contrib import admin

from customers.models import Consent, ContactPerson, Customer, Vehicle


class ContactInline(admin.TabularInline):
    model = ContactPerson
    extra = 0


class ConsentInline(admin.TabularInline):
    """What the customer said; proof is read, never typed."""

    model = Consent
    extra = 0
    can_delete = False

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "store", "created_at"]
    list_filter = ["store", "kind", "is_key_account"]
    search_fields = ["name", "phone"]
    inlines = [ContactInline, ConsentInline]


@admin.register(Vehicle)
class VehicleAdmin(admin.ModelAdmin):
    list_display = ["__str__", "brand", "model", "customer", "store"]
    list_filter = ["store", "power"]
    list_select_related = ["customer", "store"]
    search_fields = ["plate", "vin"]
    raw_id_fields = ["customer"]
