from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_fill_lunar_birthdays")]

    operations = [migrations.RemoveField(model_name="contactperson", name="is_lunar")]
