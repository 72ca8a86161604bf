"""Staff decide whether a tenant who does not agree is right."""

from datetime import datetime

from django.db import transaction

from tenants.models import User
from tenants.notifications import outbox

from .. import notifications
from ..intake.payer import Payer
from ..models import Objection
from .conversation import TOLD, count_as_news
from .moves import lock
from .recovery import settle
from .six_weeks import count_again

__all__ = ["AlreadyDecided", "AnswerMissing", "decide_objection"]
_PAYS = ["payer", "payer_rule", "agreed_price", "statutory_since", "watch_at"]


class AlreadyDecided(Exception):
    """Somebody decided before; that stands."""


class AnswerMissing(Exception):
    """The tenant gets an answer in words, also when they are right."""


@transaction.atomic
def decide_objection(pk: int, *, upheld: bool, answer: str, by: User, at: datetime) -> Objection:
    """Answer the objection of this request. Upheld: the corporation pays. Once; whoever objected hears of it.

    What the tenant asked in a message is still to be answered, and to neighbours it is no word.
    Raises Objection.DoesNotExist, AnswerMissing and AlreadyDecided.
    """
    service_request = lock(Objection.objects.values_list("service_request_id", flat=True).get(pk=pk))
    objection = Objection.objects.select_for_update(of=("self",)).get(pk=pk)
    if objection.decided_at is not None:
        raise AlreadyDecided
    if not answer.strip():
        raise AnswerMissing
    objection.upheld, objection.answer = upheld, answer.strip()
    objection.decided_at, objection.decided_by = at, by
    objection.save(update_fields=["upheld", "answer", "decided_at", "decided_by"])
    if upheld:
        service_request.payer, service_request.payer_rule = Payer.CORPORATION, "objection"
        service_request.agreed_price = None
        count_again(service_request)
    service_request.watch_at = at
    stays_due = service_request.next_word_at, service_request.words_given
    count_as_news(service_request, at=at)
    neighbours = service_request.reports.told(at=at).exclude(pk=objection.report_id)
    if service_request.tenant_waits_for_reply or neighbours.exists():
        service_request.next_word_at, service_request.words_given = stays_due
    service_request.save(update_fields=TOLD + _PAYS)
    settle(service_request, at=at)
    for message in notifications.objection_decided(service_request, objection, at=at):
        outbox.post(message, at=at)
    return objection
