"""The values of the placeholders. Texts for customers are Chinese, whatever language the staff read."""

from customers.models import Customer

FORMS_OF_ADDRESS = {Customer.Gender.FEMALE: "女士", Customer.Gender.MALE: "先生"}


def values(store, customer, vehicle=None, day=None):
    return {
        "store": store.name,
        "store_phone": store.phone,
        "customer": customer.name + FORMS_OF_ADDRESS.get(customer.gender, ""),
        "car": (vehicle.plate or vehicle.model or "爱车") if vehicle else "",
        "date": f"{day.month}月{day.day}日" if day else "",
    }
