from django.contrib import admin

from stores.models import BusinessHours, CalendarDay, Department, Region, Store, StoreDay


class BusinessHoursInline(admin.TabularInline):
    model = BusinessHours
    extra = 0


class DepartmentInline(admin.TabularInline):
    model = Department
    extra = 0


@admin.register(Store)
class StoreAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "region", "timezone"]
    inlines = [DepartmentInline, BusinessHoursInline]


@admin.register(CalendarDay)
class CalendarDayAdmin(admin.ModelAdmin):
    list_display = ["date", "label", "is_working", "source"]
    list_filter = ["is_working"]
    date_hierarchy = "date"


@admin.register(StoreDay)
class StoreDayAdmin(admin.ModelAdmin):
    list_display = ["store", "date", "spans", "reason"]


admin.site.register(Region)
