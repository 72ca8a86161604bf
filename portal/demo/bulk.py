"""Very many requests at once, for measuring: written by the database itself, with the shape of two years.

Not a corporation to look at (that is the rest of this package) but one to count: 2.8 requests per
home, seasons left out, a mean mark near 7.7, one in five answers the survey. The same rows every time.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from requests.models import ServiceRequest

REQUESTS_PER_DWELLING = 2.8
DWELLINGS_PER_COMPLEX = 100

_PLACES = """
INSERT INTO dwellings_complex (name, city, kind)
SELECT 'Complex ' || lpad(c::text, 4, '0'), 'Lindedorp', 'low_rise' FROM generate_series(1, %(complexes)s) c;

INSERT INTO dwellings_dwelling (complex_id, reference, kind, street, house_number, postcode, city, floor, stack)
SELECT complex.id, 'bulk-' || d, 'home', 'Meetstraat', d::text, '1234 AB', 'Lindedorp', 0, ''
FROM generate_series(1, %(dwellings)s) d
JOIN dwellings_complex complex ON complex.name = 'Complex ' || lpad((1 + d %% %(complexes)s)::text, 4, '0');

INSERT INTO dwellings_communalarea (complex_id, name, location_code)
SELECT id, 'Trappenhuis', 'TRA' FROM dwellings_complex WHERE name LIKE 'Complex %%';

INSERT INTO tenants_tenant (name, email, phone, language, wants_texts)
SELECT 'Huurder ' || d, '', '', 'nl', false FROM generate_series(1, %(dwellings)s) d;

INSERT INTO dwellings_tenancy (tenant_id, dwelling_id, role, period)
SELECT tenant.id, dwelling.id, 'primary', daterange('2000-01-01', NULL)
FROM generate_series(1, %(dwellings)s) d
JOIN tenants_tenant tenant ON tenant.name = 'Huurder ' || d
JOIN dwellings_dwelling dwelling ON dwelling.reference = 'bulk-' || d;
"""

# What a request is like follows from chance alone; everything else in it follows from that.
_CHANCES = """
CREATE TEMPORARY TABLE bulk ON COMMIT DROP AS
SELECT g, at, urgency, took, promised, ends,
       at + took <= %(at)s AND ends = 'ready' AS ready,
       at + took <= %(at)s AND ends = 'refused' AS refused,
       moved, reopened, answers
FROM (
    SELECT g,
           %(at)s - interval '730 days' * (1 - g::float / %(requests)s) AS at,
           (ARRAY['A','S','S','S','U','U','N','N','N','P'])[1 + floor(10 * random())::int] AS urgency,
           interval '1 day' * (-6 * ln(1 - 0.999 * random())) AS took,
           CASE WHEN random() < 0.03 THEN 'refused' ELSE 'ready' END AS ends,
           CASE WHEN random() < 0.08 THEN interval '7 days' ELSE interval '0' END AS moved,
           (random() < 0.05)::int AS reopened,
           random() AS answers,
           interval '14 days' AS promised
    FROM generate_series(1, %(requests)s) g
) chances;
"""

_REQUESTS = """
INSERT INTO requests_servicerequest (
    reference, kind, dwelling_id, communal_area_id, problem, subject,
    title_nl, title_en, room_nl, room_en, thing, shared, stated_cause_code, payer_rule, extra_hard, repeat_why,
    location_code, element_code, defect_code, cause_code, category,
    trade, urgency, payer, status, waiting_reason, outcome, source, tenant_waits_for_reply, needs_attention,
    received_at, answer_by, answered_at, first_fix_by, fix_by, next_word_at, words_given, follow_up_failures,
    done_at, closed_at,
    times_done, times_reopened, version)
SELECT 'B-' || lpad(g::text, 9, '0'), 'repair',
       CASE WHEN g %% 50 = 0 THEN NULL ELSE dwelling.id END, CASE WHEN g %% 50 = 0 THEN area.id END,
       'kitchen_tap_drips', 'Kraan lekt',
       'Kraan lekt', 'Tap drips', 'Keuken', 'Kitchen', 'tap', 'no', '', 'corporation', false, '',
       'KEU', '', '', '', 'water', 'LOO', urgency, 'corporation',
       CASE WHEN refused THEN 'closed' WHEN NOT ready THEN 'planned'
            WHEN at + took > %(at)s - interval '14 days' THEN 'done' ELSE 'closed' END,
       '', CASE WHEN refused THEN 'declined' WHEN NOT ready OR at + took > %(at)s - interval '14 days' THEN ''
                WHEN answers < 0.3 THEN 'solved' ELSE 'unanswered' END,
       'portal', false, false, at, at + interval '1 day', at + interval '2 hours', at + promised, at + promised + moved,
       CASE WHEN NOT refused AND (NOT ready OR at + took > %(at)s - interval '14 days')
            THEN %(at)s + interval '3 days' END,
       0, 0, CASE WHEN ready THEN at + took END,
       CASE WHEN refused THEN at + took
            WHEN ready AND at + took <= %(at)s - interval '14 days' THEN at + took + interval '13 days' END,
       CASE WHEN ready THEN 1 ELSE 0 END, CASE WHEN ready THEN reopened ELSE 0 END, 1
FROM bulk
JOIN dwellings_dwelling dwelling ON dwelling.reference = 'bulk-' || (1 + g %% %(dwellings)s)
JOIN dwellings_communalarea area ON area.complex_id = dwelling.complex_id AND area.name = 'Trappenhuis'
ORDER BY g;

INSERT INTO requests_report (service_request_id, tenant_id, tenancy_id, text, source, answers, needs_letter, at)
SELECT request.id, tenant.id, tenancy.id, 'De kraan lekt.', 'portal', '[]', false, received_at
FROM bulk
JOIN requests_servicerequest request ON request.reference = 'B-' || lpad(g::text, 9, '0')
JOIN tenants_tenant tenant ON tenant.name = 'Huurder ' || (1 + g %% %(dwellings)s)
JOIN dwellings_tenancy tenancy ON tenancy.tenant_id = tenant.id
ORDER BY g;

INSERT INTO requests_survey (report_id, asked_at, mark, reason, answered_at)
SELECT report.id, request.done_at, CASE WHEN bulk.answers < 0.22 THEN marked.mark END, '',
       CASE WHEN bulk.answers < 0.22 THEN request.done_at + interval '1 hour' END
FROM bulk
JOIN requests_servicerequest request ON request.reference = 'B-' || lpad(g::text, 9, '0')
JOIN requests_report report ON report.service_request_id = request.id
CROSS JOIN LATERAL (
    SELECT width_bucket(bulk.answers / 0.22, ARRAY[0, 0.025, 0.045, 0.06, 0.08, 0.12, 0.19, 0.35, 0.67, 0.85]) AS mark
) marked
WHERE ready
ORDER BY g;
"""


def fill(*, requests: int, at: datetime) -> None:
    """Add `requests` requests received in the two years before `at`, with places, people and answers. Once."""
    if ServiceRequest.objects.filter(reference__startswith="B-").exists():
        return
    dwellings = max(int(requests / REQUESTS_PER_DWELLING), 1)
    numbers: dict[str, int | datetime] = {
        "requests": requests,
        "dwellings": dwellings,
        "complexes": max(dwellings // DWELLINGS_PER_COMPLEX, 1),
        "at": at,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        for statements in (_PLACES, _CHANCES, _REQUESTS):
            for statement in statements.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, numbers)


def settle() -> None:
    """Do at once what the database otherwise does in its own time: statistics, and what is visible to all."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
