from visits.models.advice import AdvisedWork
from visits.models.agreement import Agreement
from visits.models.appointment import Appointment
from visits.models.attachment import VisitPhoto
from visits.models.ceremony import Ceremony, CeremonyCheck, CeremonyItem
from visits.models.check import QualityCheck
from visits.models.delivery import Delivery
from visits.models.guarantee import Guarantee, GuaranteeRepair, GuaranteeRule
from visits.models.item import OrderItem
from visits.models.loyalty import LoyaltyRule
from visits.models.maintenance import MaintenanceInterval
from visits.models.plate import PlateState
from visits.models.promise import Promise
from visits.models.visit import Visit, next_number

__all__ = [
    "AdvisedWork",
    "Agreement",
    "Appointment",
    "Ceremony",
    "CeremonyCheck",
    "CeremonyItem",
    "Delivery",
    "Guarantee",
    "GuaranteeRepair",
    "GuaranteeRule",
    "LoyaltyRule",
    "MaintenanceInterval",
    "OrderItem",
    "PlateState",
    "Promise",
    "QualityCheck",
    "Visit",
    "VisitPhoto",
    "next_number",
]
