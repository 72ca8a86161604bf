"""What the search looks in, in a table of its own: it can be made again, which rows of a published version cannot."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0006_front_door_roles")]

    operations = [
        *(
            migrations.RemoveIndex("catalogueproblem", f"catalogue_{name}_{language}")
            for name in ("search", "trigrams")
            for language in ("nl", "en")
        ),
        *(
            migrations.RemoveField("catalogueproblem", f"{name}_{language}")
            for name in ("search", "search_text")
            for language in ("nl", "en")
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests.catalogueversion"
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("word", models.CharField(max_length=60)),
                ("stem", models.CharField(max_length=60)),
                (
                    "problems",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                (
                    "weights",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(),
                        help_text="how much the word says about each of the problems, 0 to 1",
                        size=None,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version", "word", "language"), name="search_word_once"),
                    models.CheckConstraint(
                        condition=models.Q(("problems__len", models.F("weights__len"))),
                        name="search_word_weighs_each_problem",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["version", "language", "stem"], name="search_word_by_stem"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="searchsynonym",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="synonym_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False
            ),
        ),
    ]
