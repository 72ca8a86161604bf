"""The rows of a file with a catalogue wait here until somebody has seen what they would change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0010_staff_report"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="sent")),
                ("name", models.CharField(max_length=100, verbose_name="file")),
                ("sheets", models.JSONField(verbose_name="rows")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="requests.catalogueversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "file with a catalogue",
                "verbose_name_plural": "files with a catalogue",
                "constraints": [models.UniqueConstraint(fields=["version", "by"], name="catalogue_upload_one_each")],
            },
        ),
    ]
