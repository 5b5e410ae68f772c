from django.contrib import admin

from messaging.models import MessageTemplate, ReminderRule


@admin.register(MessageTemplate)
class MessageTemplateAdmin(admin.ModelAdmin):
    list_display = ["code", "name_zh", "name_en", "category", "purpose", "provider_code"]
    list_filter = ["category", "purpose"]


@admin.register(ReminderRule)
class ReminderRuleAdmin(admin.ModelAdmin):
    list_display = ["code", "occasion", "days_before", "template", "valid_from", "valid_to"]
    list_filter = ["occasion"]
