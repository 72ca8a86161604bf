"""What a CHECK cannot say: history is only appended, and a promise moves only with a reason."""

from django.db import migrations

SQL = """
CREATE SEQUENCE requests_reference;

CREATE FUNCTION requests_history_is_appended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are appended, never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'history_is_appended';
END $$;

CREATE TRIGGER history_is_appended BEFORE UPDATE OR DELETE ON requests_statuschange
    FOR EACH ROW EXECUTE FUNCTION requests_history_is_appended();
CREATE TRIGGER history_is_appended BEFORE UPDATE OR DELETE ON requests_promisemove
    FOR EACH ROW EXECUTE FUNCTION requests_history_is_appended();

CREATE FUNCTION requests_promise_moves_with_a_reason() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.first_fix_by IS DISTINCT FROM OLD.first_fix_by THEN
        RAISE EXCEPTION 'the first promise of % is what is measured and never changes', OLD.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'request_first_promise_stays';
    END IF;
    IF NEW.fix_by IS DISTINCT FROM OLD.fix_by AND NOT EXISTS (
        -- the last row, as an earlier one may have said the same before it moved back
        SELECT 1 FROM (
            SELECT old_fix_by, new_fix_by FROM requests_promisemove
            WHERE service_request_id = NEW.id ORDER BY id DESC LIMIT 1
        ) last WHERE last.old_fix_by = OLD.fix_by AND last.new_fix_by = NEW.fix_by
    ) THEN
        RAISE EXCEPTION 'the promise of % moved without a row that says who and why', OLD.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'request_promise_moves_with_a_reason';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER request_promise_moves_with_a_reason
    AFTER UPDATE ON requests_servicerequest DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.fix_by IS DISTINCT FROM NEW.fix_by OR OLD.first_fix_by IS DISTINCT FROM NEW.first_fix_by)
    EXECUTE FUNCTION requests_promise_moves_with_a_reason();
"""

BACK = """
DROP TRIGGER request_promise_moves_with_a_reason ON requests_servicerequest;
DROP FUNCTION requests_promise_moves_with_a_reason;
DROP TRIGGER history_is_appended ON requests_statuschange;
DROP TRIGGER history_is_appended ON requests_promisemove;
DROP FUNCTION requests_history_is_appended;
DROP SEQUENCE requests_reference;
"""


class Migration(migrations.Migration):
    dependencies = [("requests", "0002_initial")]

    operations = [migrations.RunSQL(SQL, BACK)]
