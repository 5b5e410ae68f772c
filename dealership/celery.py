"""The Celery app and the one table of what runs when.

Every entry wakes a sweeper: it looks for rows that are due and may run twice, late or in parallel without harm.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dealership.settings")

app = Celery("dealership")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "plan-due-followups": {"task": "followups.tasks.plan_due", "schedule": 60},
    "note-no-shows": {"task": "visits.tasks.note_no_shows", "schedule": 60},
    "tell-overdue-visits": {"task": "visits.tasks.tell_overdue", "schedule": 60},
    "free-abandoned-claims": {"task": "followups.tasks.free_abandoned", "schedule": 30},
    "mark-overdue-slips": {"task": "complaints.tasks.mark_overdue", "schedule": 60},
    "send-due-messages": {"task": "messaging.tasks.send_due", "schedule": 10},
    "recover-uncertain-messages": {"task": "messaging.tasks.recover", "schedule": 60},
    "mail-staff": {"task": "notifications.tasks.mail_staff", "schedule": 60},
    "forget-imports": {"task": "transfers.tasks.forget_imports", "schedule": 6 * 3600},
    "take-incoming-files": {"task": "transfers.tasks.take_incoming", "schedule": 60},
    "report-feeds": {"task": "transfers.tasks.report_feeds", "schedule": 300},
    "make-exports": {"task": "transfers.tasks.make_exports", "schedule": 60},
    "refresh-dirty-facts": {"task": "kpis.tasks.refresh", "schedule": 60},
    "remind-of-temporary-plates": {"task": "visits.tasks.remind_of_plates", "schedule": crontab(minute=5)},
    "purge-custom-fields": {"task": "customers.tasks.purge_custom_fields", "schedule": crontab(hour=3, minute=10)},
    "forget-merges": {"task": "customers.tasks.forget_merges", "schedule": crontab(hour=3, minute=15)},
    "release-restricted": {"task": "customers.tasks.release_restricted", "schedule": crontab(hour=3, minute=20)},
    "find-duplicates": {"task": "customers.tasks.find_duplicates", "schedule": crontab(hour=3, minute=30)},
    "note-overdue-promises": {"task": "visits.tasks.note_overdue_promises", "schedule": crontab(minute=10)},
    "watch-guarantees": {"task": "visits.tasks.watch_guarantees", "schedule": crontab(minute=20)},
    "estimate-maintenance": {"task": "visits.tasks.estimate_maintenance", "schedule": crontab(hour=2, minute=10)},
    "classify-customers": {"task": "visits.tasks.classify_customers", "schedule": crontab(hour=2, minute=20)},
    "mark-odd": {"task": "customers.tasks.mark_odd", "schedule": crontab(hour=2, minute=0)},
    "expect-inspections": {"task": "customers.tasks.expect_inspections", "schedule": crontab(hour=2, minute=5)},
    "doubt-calls": {"task": "followups.tasks.doubt_calls", "schedule": crontab(minute=45)},
    "plan-key-accounts": {"task": "followups.tasks.plan_key_accounts", "schedule": crontab(hour=2, minute=40)},
    "tell-of-handoffs": {"task": "handoffs.tasks.tell_customers", "schedule": 60},
    "end-absences": {"task": "handoffs.tasks.end_absences", "schedule": crontab(minute=1)},
    "plan-occasions": {"task": "followups.tasks.plan_occasions", "schedule": crontab(hour=2, minute=45)},
    "make-followup-reports": {"task": "followups.tasks.make_reports", "schedule": crontab(hour=6, minute=30)},
    "plan-reminders": {"task": "messaging.tasks.plan_reminders", "schedule": crontab(hour=2, minute=30)},
}
