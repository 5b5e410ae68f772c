"""Contact persons and numbers of a customer by one query: the page of a customer has twelve in all (AR1)."""

from operator import attrgetter

from django.db.models import DateField, DateTimeField, F, Value

from customers.models import ContactPerson, Phone


def people_and_phones(customer):
    """Return the contact persons and what is known about the numbers, each in the order they were written down."""
    people, phones = [], []
    for kind, pk, name, sort, phone, words, birthday, lunar_birthday, wrong_at in rows_of(customer):
        own = {"pk": pk, "customer": customer, "phone": phone}
        if kind == "contact":
            people.append(ContactPerson(**own, name=name, relation=sort, preferences=words, birthday=birthday, lunar_birthday=lunar_birthday))
        else:
            phones.append(Phone(**own, label=sort, note=words, wrong_at=wrong_at))
    return sorted(people, key=attrgetter("pk")), sorted(phones, key=attrgetter("pk"))


def rows_of(customer):
    no_day, no_moment = Value(None, output_field=DateField()), Value(None, output_field=DateTimeField())
    people = columns(customer.contacts, "contact", F("name"), F("relation"), F("preferences"), F("birthday"), F("lunar_birthday"), no_moment)
    phones = columns(customer.phones, "phone", Value(""), F("label"), F("note"), no_day, Value(""), F("wrong_at"))
    return people.union(phones, all=True)


def columns(rows, kind, *given):
    name, sort, words, birthday, lunar_birthday, wrong_at = given
    return rows.order_by().values_list(Value(kind), F("pk"), name, sort, F("phone"), words, birthday, lunar_birthday, wrong_at)
