"""Attempts to sign in are counted in the database."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_late_words")]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="key")),
                ("moments", ArrayField(base_field=models.DateTimeField(), size=None, verbose_name="moments")),
                ("forget_at", models.DateTimeField(verbose_name="forgotten after")),
            ],
            options={"verbose_name": "attempts to sign in", "verbose_name_plural": "attempts to sign in"},
        ),
    ]
