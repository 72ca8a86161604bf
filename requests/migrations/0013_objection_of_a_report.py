"""Whose objection it is: in a shared case only they get the answer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0012_norms")]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="report",
            field=models.OneToOneField(
                help_text="of whoever disagrees",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objection",
                to="requests.report",
                verbose_name="report",
            ),
        ),
    ]
