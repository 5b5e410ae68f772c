"""The numbers beside the preferred ones, as a file meets them: those on file, and new ones it names."""

from collections import defaultdict

from customers.models import Phone


class Numbers:
    def __init__(self, store):
        self.store = store
        self.known, self.read_of, self.new = defaultdict(set), set(), []

    def owners(self, numbers):
        """Return ``[(customer id, number)]`` of the customers one of the numbers leads to."""
        numbers = {number for number in numbers if number}
        rows = Phone.objects.filter(customer__store=self.store, customer__merged_into=None, phone__among=numbers)
        return list(rows.values_list("customer_id", "phone"))

    def read(self, customers):
        """Load the numbers of the customers not met before, given as drafts by id."""
        new = customers.keys() - self.read_of
        self.read_of |= new
        for pk, number in Phone.objects.filter(customer__among=new).values_list("customer_id", "phone"):
            self.known[id(customers[pk])].add(number)

    def has(self, customer, number):
        return number in self.known[id(customer)]

    def add(self, customer, numbers):
        """Take down what is new of ``numbers`` and tell whether anything was."""
        new = [number for number in dict.fromkeys(numbers) if number != customer.values["phone"] and not self.has(customer, number)]
        self.known[id(customer)].update(new)
        self.new += [(customer, number) for number in new]
        return bool(new)
