"""What `bulk` writes: for each table, what the database calculates for its columns, and of which rows."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from dwellings.models import CommunalArea, Complex, Dwelling, Tenancy
from requests.models import Alarm, Message, PromiseMove, Report, ServiceRequest, StatusChange, Survey, Verdict
from tenants.models import Notification, Tenant

Columns = Mapping[str, str]  # the others get the default of their field
Table = tuple[type[models.Model], Columns, str]

# What a request is like follows from chance alone; everything else in it follows from that.
CHANCES = """
CREATE TEMPORARY TABLE bulk ON COMMIT DROP AS
SELECT *,
       CASE WHEN closes_at <= %(at)s THEN 'closed' WHEN ready_at <= %(at)s THEN 'done' ELSE 'planned' END AS status,
       CASE WHEN closes_at <= %(at)s THEN ends ELSE '' END AS outcome,
       CASE WHEN ready_at <= %(at)s THEN ready_at END AS done_at,
       CASE WHEN closes_at <= %(at)s THEN closes_at END AS closed_at,
       CASE WHEN again AND ready_at <= %(at)s THEN 1 ELSE 0 END AS reopened,
       CASE WHEN ready_at <= %(at)s THEN 1 ELSE 0 END + CASE WHEN again AND ready_at <= %(at)s THEN 1 ELSE 0 END
           AS rounds,
       CASE WHEN moved AND at + interval '10 days' <= %(at)s THEN interval '7 days' ELSE interval '0' END AS later
FROM (
    SELECT *,
           CASE WHEN ends <> 'declined' THEN at + took END AS ready_at,
           at + took + CASE ends WHEN 'declined' THEN interval '0' WHEN 'solved' THEN interval '1 day'
               ELSE interval '14 days' END AS closes_at
    FROM (
        SELECT g, 'B-' || lpad(g::text, 9, '0') AS reference, 1 + g %% %(dwellings)s AS home,
               %(at)s - interval '730 days' * (1 - g::float / %(requests)s) AS at,
               (ARRAY['A','S','S','S','U','U','N','N','N','P'])[1 + floor(10 * random())::int] AS urgency,
               interval '1 day' * (-%(days)s * ln(1 - 0.999 * random())) AS took,
               random() < 0.08 AS moved,
               random() < 0.05 AS again,
               chance.answers,
               CASE WHEN random() < 0.03 THEN 'declined' WHEN chance.answers < 0.3 THEN 'solved' ELSE 'unanswered' END
                   AS ends
        FROM (SELECT g, random() AS answers FROM generate_series(1, %(requests)s) g) chance
    ) drawn
) timed
"""

_IN_BULK = """
bulk JOIN requests_servicerequest request ON request.reference = bulk.reference
JOIN requests_report report ON report.service_request_id = request.id
"""

_STEPS = """
bulk JOIN requests_servicerequest request ON request.reference = bulk.reference
CROSS JOIN LATERAL (VALUES
    (1, 'receive', '', 'received', 'tenant', bulk.at, true),
    (2, 'plan', 'received', 'planned', 'staff', bulk.at + interval '2 hours', true),
    (3, 'finish', 'planned', 'done', 'staff', bulk.at + took * 0.6, reopened = 1),
    (4, 'reopen', 'done', 'in_progress', 'tenant', bulk.at + took * 0.8, reopened = 1),
    (5, 'finish', CASE reopened WHEN 1 THEN 'in_progress' ELSE 'planned' END, 'done', 'staff', bulk.done_at,
     bulk.done_at IS NOT NULL),
    (6, CASE ends WHEN 'declined' THEN 'decline' WHEN 'solved' THEN 'confirm' ELSE 'lapse' END,
     CASE ends WHEN 'declined' THEN 'planned' ELSE 'done' END, 'closed',
     CASE ends WHEN 'declined' THEN 'staff' WHEN 'solved' THEN 'tenant' ELSE 'clock' END, bulk.closed_at,
     bulk.closed_at IS NOT NULL)
) step (number, move, before, after, actor, at, taken)
WHERE taken ORDER BY g, number
"""

_TOLD = """
(
    SELECT g, 0 AS number, tenant_id, 'request_received' AS kind, 'received-' || report.id AS occasion,
           bulk.reference, bulk.at
    FROM {in_bulk}
    UNION ALL
    SELECT g, step.id, tenant_id, 'request_' || told.kind, 'change-' || step.id, bulk.reference, step.at
    FROM {in_bulk} JOIN requests_statuschange step ON step.service_request_id = request.id
    JOIN (VALUES ('plan', 'planned'), ('finish', 'done'), ('reopen', 'reopened'), ('confirm', 'confirmed'),
                 ('lapse', 'lapsed'), ('decline', 'declined')) told (move, kind) ON told.move = step.move
) told
ORDER BY g, number
""".replace("{in_bulk}", _IN_BULK)

BODY = """Beste huurder,

Het gaat om uw melding van een lekkende kraan in de keuken. Op de pagina van uw melding ziet u wat wij al deden, wat er
nog moet gebeuren en wanneer u weer van ons hoort. Klopt er iets niet? Stuur ons dan een bericht op die pagina. Dan
kijkt een medewerker ernaar. Bij gevaar belt u ons meteen, ook buiten kantooruren.

Met vriendelijke groet,
uw woningcorporatie
"""

PLACES: tuple[Table, ...] = (
    (
        Complex,
        {"name": "'Complex ' || lpad(c::text, 4, '0')", "city": "'Lindedorp'", "kind": "'low_rise'"},
        "generate_series(1, %(complexes)s) c",
    ),
    (
        Dwelling,
        {
            "complex_id": "complex.id",
            "reference": "'bulk-' || d",
            "kind": "'home'",
            "street": "'Meetstraat'",
            "house_number": "d::text",
            "postcode": "'1234 AB'",
            "city": "'Lindedorp'",
            "floor": "0",
        },
        """generate_series(1, %(dwellings)s) d
        JOIN dwellings_complex complex ON complex.name = 'Complex ' || lpad((1 + d %% %(complexes)s)::text, 4, '0')""",
    ),
    (
        CommunalArea,
        {"complex_id": "id", "name": "'Trappenhuis'", "location_code": "'TRA'"},
        "dwellings_complex WHERE name LIKE 'Complex %%'",
    ),
    (
        Tenant,
        {"name": "'Huurder ' || d", "email": "'huurder-' || d || '@bulk.example'", "language": "'nl'"},
        "generate_series(1, %(dwellings)s) d",
    ),
    (
        Tenancy,
        {
            "tenant_id": "tenant.id",
            "dwelling_id": "dwelling.id",
            "role": "'primary'",
            "period": "daterange('2000-01-01', NULL)",
        },
        """generate_series(1, %(dwellings)s) d
        JOIN tenants_tenant tenant ON tenant.name = 'Huurder ' || d
        JOIN dwellings_dwelling dwelling ON dwelling.reference = 'bulk-' || d""",
    ),
)

REQUESTS: tuple[Table, ...] = (
    (
        ServiceRequest,
        {
            "reference": "bulk.reference",
            "dwelling_id": "CASE WHEN g %% 50 > 0 THEN dwelling.id END",
            "communal_area_id": "CASE WHEN g %% 50 = 0 THEN area.id END",
            "problem": "'kitchen_tap_drips'",
            "subject": "'Kraan lekt'",
            "title_nl": "'Kraan lekt'",
            "title_en": "'Tap drips'",
            "room_nl": "'Keuken'",
            "room_en": "'Kitchen'",
            "thing": "'tap'",
            "location_code": "'KEU'",
            "category": "'water'",
            "trade": "'LOO'",
            "urgency": "urgency",
            "status": "bulk.status",
            "outcome": "bulk.outcome",
            "source": "'portal'",
            "received_at": "at",
            "statutory_since": "at",
            "answer_by": "at + interval '1 day'",
            "answered_at": "at + interval '2 hours'",
            "first_fix_by": "at + interval '14 days'",
            "fix_by": "at + interval '14 days' + later",
            "next_word_at": "CASE WHEN bulk.status <> 'closed' THEN %(due)s END",
            "watch_at": "%(due)s",
            "done_at": "bulk.done_at",
            "closed_at": "bulk.closed_at",
            "times_done": "rounds",
            "times_reopened": "reopened",
        },
        """bulk JOIN dwellings_dwelling dwelling ON dwelling.reference = 'bulk-' || home
        JOIN dwellings_communalarea area ON area.complex_id = dwelling.complex_id AND area.name = 'Trappenhuis'
        ORDER BY g""",
    ),
    (
        Report,
        {
            "service_request_id": "request.id",
            "tenant_id": "tenant.id",
            "tenancy_id": "tenancy.id",
            "text": "'De kraan lekt.'",
            "source": "'portal'",
            "at": "received_at",
        },
        """bulk JOIN requests_servicerequest request ON request.reference = bulk.reference
        JOIN tenants_tenant tenant ON tenant.name = 'Huurder ' || home
        JOIN dwellings_tenancy tenancy ON tenancy.tenant_id = tenant.id
        ORDER BY g""",
    ),
    (
        StatusChange,
        {
            "service_request_id": "request.id",
            "move": "step.move",
            "old_status": "before",
            "new_status": "after",
            "outcome": "CASE after WHEN 'closed' THEN bulk.outcome ELSE '' END",
            "actor": "actor",
            "by_id": "CASE actor WHEN 'staff' THEN %(staff)s END",
            "at": "step.at",
        },
        _STEPS,
    ),
    (
        PromiseMove,
        {
            "service_request_id": "request.id",
            "old_fix_by": "first_fix_by",
            "new_fix_by": "fix_by",
            "actor": "'staff'",
            "by_id": "%(staff)s",
            "at": "received_at + interval '10 days'",
            "reason": "'Het onderdeel komt een week later.'",
        },
        """bulk JOIN requests_servicerequest request ON request.reference = bulk.reference
        WHERE fix_by <> first_fix_by ORDER BY g""",
    ),
    (
        Alarm,
        {
            "service_request_id": "request.id",
            "kind": "'broken'",
            "of": "'promise-' || floor(extract(epoch FROM fix_by))::bigint",
            "raised_at": "fix_by",
        },
        """bulk JOIN requests_servicerequest request ON request.reference = bulk.reference
        WHERE bulk.status = 'planned' AND fix_by <= %(at)s ORDER BY g""",
    ),
    (
        Message,
        {
            "service_request_id": "request.id",
            "tenant_id": "report.tenant_id",
            "body": "'Wanneer komt er iemand?'",
            "at": "received_at + interval '1 hour'",
        },
        f"{_IN_BULK} WHERE g %% 5 = 0 ORDER BY g",
    ),
    (
        Verdict,
        {
            "report_id": "report.id",
            "round": "round",
            "asked_at": "CASE WHEN round < rounds THEN bulk.at + took * 0.6 ELSE bulk.done_at END",
            "reminded_at": "CASE WHEN round = rounds AND bulk.outcome = 'unanswered' "
            "THEN bulk.done_at + interval '7 days' END",
            "answer": "CASE WHEN round < rounds THEN 'not_solved' WHEN bulk.outcome = 'solved' THEN 'solved' "
            "ELSE '' END",
            "words": "CASE WHEN round < rounds THEN 'De kraan lekt nog.' ELSE '' END",
            "answered_at": "CASE WHEN round < rounds THEN bulk.at + took * 0.8 "
            "WHEN bulk.outcome = 'solved' THEN bulk.closed_at END",
        },
        f"{_IN_BULK} CROSS JOIN LATERAL generate_series(1, rounds) round ORDER BY g, round",
    ),
    (
        Survey,
        {
            "report_id": "report.id",
            "asked_at": "bulk.done_at",
            "mark": "CASE WHEN bulk.answers < 0.22 THEN marked.mark END",
            "answered_at": "CASE WHEN bulk.answers < 0.22 THEN bulk.done_at + interval '1 hour' END",
        },
        f"""{_IN_BULK} CROSS JOIN LATERAL (
            SELECT width_bucket(
                bulk.answers / 0.22, ARRAY[0, 0.025, 0.045, 0.06, 0.08, 0.12, 0.19, 0.35, 0.67, 0.85]
            ) AS mark
        ) marked
        WHERE bulk.done_at IS NOT NULL ORDER BY g""",
    ),
    (
        Notification,
        {
            "tenant_id": "told.tenant_id",
            "channel": "'email'",
            "address": "'huurder@bulk.example'",
            "kind": "told.kind",
            "occasion": "told.occasion",
            "about": "told.reference",
            "subject": "'Uw melding ' || told.reference",
            "body": "%(body)s",
            "state": "'sent'",
            "queued_at": "told.at",
            "sent_at": "told.at",
            "attempts": "1",
        },
        _TOLD,
    ),
)
