from visits.models.appointment import Appointment
from visits.models.delivery import Delivery
from visits.models.visit import Visit, next_number

__all__ = ["Appointment", "Delivery", "Visit", "next_number"]
