"""Finding what is due and taking it, in one statement, and settling it in another: what is done for every message.

However many workers look, each takes another row.

Codes go first, as somebody waits for them. What may share a mail is taken with the first of what is due to that
person, at that address, about that request, so that no two workers hold a part of it each; and in the order of the
rows, so that they never wait for each other in a circle.
"""

__all__ = ["SETTLE", "TAKE_NEXT"]


def _shares(row: str) -> str:
    """It may leave with others, and was not tried before (who got it may have it already)."""
    return (
        f"{row}.part IS NOT NULL AND {row}.attempts = 0 AND {row}.channel = 'email' AND {row}.goes_with_id IS NULL"
        f" AND {row}.about <> ''"
    )


# IS TRUE keeps the database from looking for a person's other messages among all that are due, which are few
# according to its statistics, and many in a storm.
TAKE_NEXT = f"""
WITH code AS (
    SELECT id, NULL::bigint AS tenant_id, '' AS address, '' AS about FROM tenants_notification
    WHERE secret AND due_at <= %(at)s AND goes_with_id IS NULL AND channel = ANY(%(channels)s)
    ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), other AS (
    SELECT id, tenant_id, address, CASE WHEN {_shares("waits")} THEN about ELSE '' END AS about
    FROM tenants_notification waits
    WHERE NOT EXISTS (SELECT FROM code)
        AND due_at <= %(at)s AND goes_with_id IS NULL AND channel = ANY(%(channels)s)
        AND NOT ({_shares("waits")} AND EXISTS (
            SELECT FROM tenants_notification earlier
            WHERE earlier.about = waits.about AND earlier.tenant_id = waits.tenant_id
                AND earlier.address = waits.address AND earlier.id < waits.id
                AND (earlier.due_at <= %(at)s) IS TRUE AND {_shares("earlier")}
        ))
    ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), first AS MATERIALIZED (
    SELECT * FROM code UNION ALL SELECT * FROM other
), again AS (
    SELECT id FROM tenants_notification
    WHERE goes_with_id = (SELECT id FROM first) AND due_at <= %(at)s
    ORDER BY id FOR NO KEY UPDATE
), along AS (
    SELECT id FROM tenants_notification joins
    WHERE about = (SELECT about FROM first) AND tenant_id = (SELECT tenant_id FROM first)
        AND address = (SELECT address FROM first) AND id > (SELECT id FROM first)
        AND (due_at <= %(at)s) IS TRUE AND {_shares("joins")}
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE tenants_notification
SET state = 'sending', due_at = %(until)s, attempts = attempts + 1,
    lost_workers = lost_workers + CASE state WHEN 'sending' THEN 1 ELSE 0 END,
    goes_with_id = nullif((SELECT id FROM first), id)
WHERE id = ANY(ARRAY(SELECT id FROM first UNION ALL SELECT id FROM again UNION ALL SELECT id FROM along))
RETURNING *
"""

SETTLE = """
UPDATE tenants_notification
SET state = 'sent', sent_at = %(at)s, due_at = NULL, error = '',
    subject = CASE WHEN secret THEN '' ELSE subject END,
    body = CASE WHEN secret THEN '' ELSE body END,
    html = CASE WHEN secret THEN '' ELSE html END
WHERE id = ANY(%(pks)s) AND state = 'sending' AND attempts = %(attempts)s
"""
