"""The dashboard counts the visits that we missed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0020_sparse_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["settled_at"], include=("outcome", "service_request"), name="visit_by_outcome"),
        ),
    ]
