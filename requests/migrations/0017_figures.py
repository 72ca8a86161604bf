from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests", "0016_recovery")]

    operations = []
