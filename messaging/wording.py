"""The values of the placeholders. Texts for customers are Chinese, whatever language the staff read."""

from customers.models import ContactPerson, Customer

FORMS_OF_ADDRESS = {Customer.Gender.FEMALE: "女士", Customer.Gender.MALE: "先生"}
RELATIVES = {ContactPerson.Relation.SPOUSE: "爱人", ContactPerson.Relation.CHILD: "孩子", ContactPerson.Relation.PARENT: "家里长辈"}


def values(store, customer, vehicle=None, day=None, person=None):
    return {
        "store": store.name,
        "store_phone": store.phone,
        "customer": customer.name + FORMS_OF_ADDRESS.get(customer.gender, ""),
        "car": (vehicle.plate or vehicle.model or "爱车") if vehicle else "",
        "policy": policy_of(vehicle, day) if vehicle else "",
        "keeper": customer.keeper.name if customer.keeper else "",
        "person": RELATIVES.get(person.relation, "") if person else "",
        "date": f"{day.month}月{day.day}日" if day else "",
    }


def policy_of(vehicle, day):
    """Name the policy that ends on ``day``, or both."""
    ends = {"交强险": vehicle.compulsory_insurance_until, "商业险": vehicle.commercial_insurance_until}
    return "和".join(name for name, until in ends.items() if until == day)
