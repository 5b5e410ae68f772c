from django.db import migrations

from customers.names import pinyin_key


def fill(apps, schema_editor):
    customers = apps.get_model("customers", "Customer").objects
    changed = []
    for customer in customers.filter(name_key="").only("name").iterator(chunk_size=2000):
        customer.name_key = pinyin_key(customer.name)
        changed.append(customer)
    customers.bulk_update(changed, ["name_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_name_key")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
