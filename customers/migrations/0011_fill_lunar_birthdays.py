from django.db import migrations


def fill(apps, schema_editor):
    """A ticked birthday held lunar month and day in the fields of a solar one."""
    persons = apps.get_model("customers", "ContactPerson").objects
    for person in persons.filter(is_lunar=True, birthday__isnull=False):
        person.lunar_birthday, person.birthday = f"{person.birthday.month}-{person.birthday.day}", None
        person.save(update_fields=["lunar_birthday", "birthday"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_lunar_birthdays")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
