"""Staff know what is true of a promise, and what was broken is made up for."""

from .invariant import Invariant

__all__ = ["ALARMS"]

_TO_DO = "status <> ALL(%(ready)s) AND status <> ALL(%(final)s)"

# A line per request that is to do: whether it is known that its present promise is broken.
_PROMISES = f"""
SELECT reference AS named, fix_by, watch_at,
       EXISTS (
           SELECT FROM requests_alarm alarm
           WHERE alarm.service_request_id = request.id AND alarm.settled_at IS NULL
               AND alarm.kind IN ('broken', 'badly_broken')
               AND alarm.of = 'promise-' || floor(extract(epoch FROM fix_by))::bigint
       ) AS known
FROM requests_servicerequest request WHERE {_TO_DO}
"""

# A line per alarm, with the request that it is of.
_ALARMS = f"""
SELECT request.reference AS named, alarm.settled_at, alarm.rises_at, {_TO_DO} AS to_do
FROM requests_alarm alarm JOIN requests_servicerequest request ON request.id = alarm.service_request_id
"""

# A line per recovery, with the request that it is of, and whether somebody waits for a new day and was told: by an
# apology, or in the mail of the move with which staff wrote down that nobody came.
_RECOVERIES = f"""
SELECT request.reference AS named, recovery.settled_at, recovery.hear_by, {_TO_DO} AS to_do,
       request.next_word_at, request.follow_up_failures,
       recovery.settled_at IS NULL AND recovery.dated_at IS NULL AS waits,
       EXISTS (
           SELECT FROM tenants_notification notification WHERE notification.occasion = 'recovery-' || recovery.id
       ) OR EXISTS (
           SELECT FROM requests_visit visit
           JOIN requests_statuschange step ON step.service_request_id = request.id AND step.at = visit.settled_at
           JOIN tenants_notification notification ON notification.occasion = 'change-' || step.id
           WHERE visit.service_request_id = request.id AND visit.outcome = 'missed'
               AND recovery.of = 'visit-' || visit.id
       ) AS told,
       EXISTS (
           SELECT FROM requests_report report JOIN tenants_tenant tenant ON tenant.id = report.tenant_id
           WHERE report.service_request_id = request.id AND report.at <= recovery.begun_at
               AND report.left_at IS NULL AND tenant.email <> ''
       ) AS somebody_to_tell
FROM requests_recovery recovery JOIN requests_servicerequest request ON request.id = recovery.service_request_id
"""

ALARMS = (
    Invariant(
        "promise_is_watched",
        "No promise that is due for a look waits for it longer than a quarter of an hour",
        _PROMISES,
        holds="watch_at >= %(too_late)s",
    ),
    Invariant(
        "broken_is_known",
        "Of a promise that is broken and was looked at staff know that it is",
        _PROMISES,
        about="fix_by < %(too_late)s AND watch_at > %(too_late)s + interval '15 minutes'",
        holds="known",
    ),
    Invariant(
        "alarm_is_of_work_to_do",
        "What is ready or closed has no alarm that stands",
        _ALARMS,
        about="settled_at IS NULL",
        holds="to_do",
    ),
    Invariant(
        "alarm_rises_in_time",
        "No alarm that nobody settled waits longer than a quarter of an hour to go one level up",
        _ALARMS,
        about="rises_at IS NOT NULL",
        holds="rises_at >= %(too_late)s",
    ),
    Invariant(
        "recovery_ends_with_the_work",
        "What is ready or closed has nothing left to make up for",
        _RECOVERIES,
        about="settled_at IS NULL",
        holds="to_do",
    ),
    Invariant(
        "recovery_stays_due",
        "Who was told by when they hear a new day hears something by then, whatever else is done",
        _RECOVERIES,
        about="waits AND hear_by > %(at)s",
        holds="next_word_at <= hear_by OR follow_up_failures > 0",
    ),
    Invariant(
        "recovery_was_told",
        "Nobody who waits for a new day waits for it without having been told so",
        _RECOVERIES,
        about="waits AND somebody_to_tell",
        holds="told",
    ),
)
