"""An emergency can also be signalled by choosing a problem that is for the telephone; no row can lie about it."""

from django.db import migrations, models

DANGERS = [
    ("gas", "I smell gas"),
    ("carbon_monoxide", "The carbon monoxide alarm goes off"),
    ("fire", "Fire, smoke or sparks"),
    ("water_near_power", "Water near power, or a lot of water"),
    ("sewage", "Dirty water comes up from the sewer"),
    ("lift", "Somebody is stuck in the lift"),
    ("door", "My front door cannot be locked"),
    ("cold", "No heating in frost, and somebody cannot cope"),
    ("other", "Something else that cannot wait"),
]


class Migration(migrations.Migration):
    dependencies = [("requests", "0008_reports_move")]

    operations = [
        migrations.AddField(
            model_name="emergency",
            name="about",
            field=models.CharField(
                blank=True,
                default="",
                help_text="as the catalogue calls it, when it was chosen there",
                max_length=200,
                verbose_name="problem",
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="emergency",
            name="danger",
            field=models.CharField(choices=DANGERS, max_length=20, verbose_name="danger"),
        ),
        migrations.AddConstraint(
            model_name="emergency",
            constraint=models.CheckConstraint(
                name="emergency_note_of_somebody_who_saw_it",
                condition=models.Q(("note", ""), ("seen_at__isnull", False), _connector="OR"),
            ),
        ),
        migrations.AddConstraint(
            model_name="emergency",
            constraint=models.CheckConstraint(
                name="emergency_danger_known", condition=models.Q(("danger__in", [key for key, _name in DANGERS]))
            ),
        ),
        migrations.AddConstraint(
            model_name="emergency",
            constraint=models.CheckConstraint(
                name="emergency_other_says_what",
                condition=models.Q(
                    models.Q(("danger", "other"), _negated=True),
                    models.Q(("about", ""), _negated=True),
                    _connector="OR",
                ),
            ),
        ),
    ]
