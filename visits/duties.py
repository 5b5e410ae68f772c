"""What the people at a car that is here owe its customer: shown on the repair order."""

from functools import cached_property

from customers.notices import notices_for
from visits.models import AdvisedWork, GuaranteeRepair, Promise


class Duties:
    def __init__(self, visit, user):
        self.visit, self.user = visit, user

    @cached_property
    def advised(self):
        """Return the open work of this car and what was found or done at this visit."""
        of_car = AdvisedWork.objects.for_user(self.user).filter(vehicle=self.visit.vehicle_id).select_related("store", "vehicle")
        return of_car.open() | of_car.filter(visit=self.visit) | of_car.filter(done_in=self.visit)

    @cached_property
    def promises(self):
        """Return what this customer was promised, for whatever car, and what was kept at this visit."""
        of_customer = Promise.objects.for_user(self.user).filter(customer=self.visit.customer_id).with_people()
        return of_customer.open() | of_customer.filter(redeemed_in=self.visit)

    @cached_property
    def guarantee_repair(self):
        return GuaranteeRepair.objects.filter(visit=self.visit).first()

    @cached_property
    def notices(self):
        """Return what the apps above would say of the customer while the car is here."""
        return notices_for([self.visit.customer], self.user)[self.visit.customer_id] if self.visit.is_in_shop else []
