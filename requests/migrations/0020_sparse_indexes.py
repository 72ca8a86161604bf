"""Few requests have one of these: the index of each only knows those that do, so that a change of the others is cheaper."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dwellings", "0003_stacks_covers_outages"),
        ("requests", "0019_told_of_the_six_weeks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="servicerequest",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assigned_requests",
                to=settings.AUTH_USER_MODEL,
                verbose_name="assigned to",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="communal_area",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="service_requests",
                to="dwellings.communalarea",
                verbose_name="communal area",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="requests.servicerequest",
                verbose_name="goes on as",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="repeat_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeats",
                to="requests.servicerequest",
                verbose_name="we were here before for",
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="split_offs",
                to="requests.servicerequest",
                verbose_name="split off from",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("communal_area__isnull", False)),
                fields=["communal_area"],
                name="request_communal_area",
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("repeat_of__isnull", False)), fields=["repeat_of"], name="request_repeat_of"
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("split_from__isnull", False)), fields=["split_from"], name="request_split_from"
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="request_merged_into"
            ),
        ),
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(("assignee__isnull", False)), fields=["assignee"], name="request_assignee"
            ),
        ),
    ]
