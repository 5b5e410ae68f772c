"""What each role may do: the one table of rights. ``User.has_perm(code, obj)`` answers from it, nothing else does.

A right counts in the stores the membership covers: one store, a region, or the whole group.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    SERVICE_ADVISOR = "service_advisor", _("Service advisor")
    SALESPERSON = "salesperson", _("Salesperson")
    SALES_MANAGER = "sales_manager", _("Sales manager")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    TECHNICIAN = "technician", _("Technician")
    INSPECTOR = "inspector", _("Final inspector")
    CARE_AGENT = "care_agent", _("Customer-care agent")
    CARE_MANAGER = "care_manager", _("Care manager")
    STORE_MANAGER = "store_manager", _("Store manager")
    GROUP_MANAGER = "group_manager", _("Group manager")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


READ_ARCHIVE = {"customers.view", "visits.view", "activity.view"}
WRITE_ARCHIVE = READ_ARCHIVE | {"customers.edit", "visits.book"}
WORKSHOP = {"visits.view", "visits.repair", "activity.view"}
READ_AUDITS = {"surveys.view_audits", "surveys.view_own_audits"}
READ_CARE = {"followups.view", "surveys.view", "complaints.view"}
DEPARTMENT_HEAD = READ_CARE | READ_AUDITS | {"complaints.create", "complaints.answer", "followups.work", "surveys.submit", "kpis.view"}
HOST = {"gatherings.view", "gatherings.work"}
CARE = (
    WRITE_ARCHIVE
    | READ_CARE
    | HOST
    | {"followups.work", "surveys.submit", "complaints.create", "complaints.verify", "messaging.view", "messaging.answer", "kpis.view"}
)
CARE_MANAGEMENT = (
    CARE
    | READ_AUDITS
    | {
        "followups.assign",
        "followups.configure",
        "followups.review",
        "surveys.configure",
        "surveys.audit",
        "surveys.void",
        "complaints.assign",
        "complaints.approve",
        "messaging.configure",
        "transfers.import",
        "transfers.export",
        "kpis.configure",
        "customers.configure",
        "customers.merge",
        "customers.reveal",
        "customers.unmasked",
        "visits.configure",
        "customers.watch",
        "customers.answer_rights",
        "leads.view",
        "handoffs.manage",
        "gatherings.plan",
    }
)

PERMISSIONS = {
    Role.SERVICE_ADVISOR: WRITE_ARCHIVE
    | HOST
    | {
        "visits.create",
        "visits.hand_over",
        "visits.repair",
        "complaints.view",
        "complaints.create",
        "surveys.view_own_audits",
        "customers.reveal",
    },
    Role.SALESPERSON: WRITE_ARCHIVE
    | HOST
    | {
        "visits.deliver",
        "followups.view",
        "followups.work",
        "surveys.submit",
        "complaints.view",
        "complaints.create",
        "surveys.view_own_audits",
        "customers.reveal",
        "leads.view",
        "leads.work",
    },
    Role.SALES_MANAGER: WRITE_ARCHIVE
    | DEPARTMENT_HEAD
    | HOST
    | {"visits.deliver", "customers.reveal", "leads.view", "leads.work", "leads.assign", "customers.watch", "handoffs.manage"},
    Role.SERVICE_MANAGER: WRITE_ARCHIVE
    | DEPARTMENT_HEAD
    | HOST
    | WORKSHOP
    | {"visits.create", "visits.hand_over", "visits.inspect", "visits.approve", "customers.reveal", "customers.watch", "handoffs.manage"},
    Role.TECHNICIAN: WORKSHOP,
    Role.INSPECTOR: WORKSHOP | {"visits.inspect"},
    Role.CARE_AGENT: CARE | {"customers.reveal"},
    Role.CARE_MANAGER: CARE_MANAGEMENT | {"complaints.answer"},
    Role.STORE_MANAGER: READ_ARCHIVE
    | READ_CARE
    | READ_AUDITS
    | {
        "visits.approve",
        "complaints.create",
        "complaints.approve",
        "complaints.answer",
        "kpis.view",
        "messaging.view",
        "transfers.export",
        "leads.view",
        "customers.watch",
        "customers.answer_rights",
        "handoffs.manage",
        "followups.review",
        "gatherings.view",
    },
    Role.GROUP_MANAGER: CARE_MANAGEMENT,
    Role.AUDITOR: READ_AUDITS | {"surveys.audit"},
    Role.ADMINISTRATOR: CARE_MANAGEMENT
    | {
        "accounts.manage",
        "stores.manage",
        "visits.approve",
        "visits.create",
        "visits.hand_over",
        "visits.repair",
        "visits.inspect",
        "visits.deliver",
        "complaints.answer",
        "leads.work",
        "leads.assign",
    },
}

ALL_PERMISSIONS = frozenset().union(*PERMISSIONS.values())


def roles_with(permission: str) -> list[str]:
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]


# Who answers for a department: the role, by kind of department.
DEPARTMENT_HEADS = {
    "sales": Role.SALES_MANAGER,
    "service": Role.SERVICE_MANAGER,
    "workshop": Role.SERVICE_MANAGER,
    "parts": Role.SERVICE_MANAGER,
    "care": Role.CARE_MANAGER,
    "management": Role.STORE_MANAGER,
}
