"""Nobody looks for the beginning of a number, and every change of a request wrote the index for it."""

from django.db import migrations

INDEX = "requests_servicerequest_reference_b8ca8af8_like"  # as Django names it for a unique text
DROP = f"DROP INDEX IF EXISTS {INDEX}"
BACK = f"CREATE INDEX IF NOT EXISTS {INDEX} ON requests_servicerequest (reference varchar_pattern_ops)"


class Migration(migrations.Migration):
    dependencies = [("requests", "0023_an_answer_ends_the_wait")]

    operations = [migrations.RunSQL(DROP, BACK)]
