from django.contrib import admin

from complaints.models import Category, FeedbackRule


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["code", "name_zh", "name_en", "parent", "department_kind", "is_active", "position"]
    list_filter = ["department_kind", "is_active"]


@admin.register(FeedbackRule)
class FeedbackRuleAdmin(admin.ModelAdmin):
    list_display = ["valid_from", "amount", "unit"]
