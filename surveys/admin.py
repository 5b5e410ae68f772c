from django.contrib import admin

from surveys.models import Checklist, ChecklistItem, Factor, MysteryShopQuota, Question, Questionnaire


class FactorInline(admin.TabularInline):
    model = Factor
    extra = 0


class QuestionInline(admin.TabularInline):
    model = Question
    extra = 0


class ChecklistItemInline(admin.TabularInline):
    model = ChecklistItem
    extra = 0


class FrozenAdmin(admin.ModelAdmin):
    """What is in use is not changed any more: a change is a new version (SU3)."""

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_frozen)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.is_frozen)


@admin.register(Questionnaire)
class QuestionnaireAdmin(FrozenAdmin):
    list_display = ["code", "version", "name_zh", "index", "side", "published_at", "retired_at"]
    inlines = [FactorInline, QuestionInline]


@admin.register(Checklist)
class ChecklistAdmin(FrozenAdmin):
    list_display = ["code", "version", "name_zh", "side", "pass_mark", "retired_at"]
    inlines = [ChecklistItemInline]


@admin.register(MysteryShopQuota)
class MysteryShopQuotaAdmin(admin.ModelAdmin):
    list_display = ["kind", "side", "role", "department_kind", "per_month", "valid_from", "valid_to"]
