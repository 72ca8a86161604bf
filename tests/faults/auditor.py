"""Compares what people were told with the database, the mail that arrived and the files: afterwards, from outside."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from requests.audit import audit, look_for_files
from requests.audit.files import files_without_a_photo
from requests.models import Draft, Report
from tenants.notifications.models import Notification


@dataclass
class Found:
    """Everything that is not as it must be; `repeated` (the same Message-ID again) is for the trial to judge."""

    lost: list = field(default_factory=list)  # told "sent", and there is no request, or no confirmation arrived
    twice: list = field(default_factory=list)  # two requests of one draft, or two mails with the same words
    wrong_recipient: list = field(default_factory=list)
    orphans: list = field(default_factory=list)  # a mail that nobody promised, a file or photo without the other
    broken: list = field(default_factory=list)  # invariants of `promises check`, illegal transitions among them
    repeated: int = 0

    def faults(self):
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}


def look(people, sink, *, at: datetime, ignore=()):
    """Once everything is quiet. `ignore` names invariants that the trial breaks on purpose."""
    copies = sink.copies()
    found = Found(repeated=sum(times - 1 for times in copies.values()))
    _look_at_requests(found, people)
    _look_at_mail(found, people, sink, copies)
    _look_at_files(found, at)
    found.broken = [finding.name for finding in audit(at=at) if finding.failures and finding.name not in ignore]
    return found


def _look_at_requests(found, people):
    references = dict(Draft.objects.filter(sent_as__isnull=False).values_list("pk", "sent_as__reference"))
    sent = {str(pk): reference for pk, reference in references.items()}
    for person in people:
        for told in person.told:
            if told.acknowledged and sent.get(person.draft, "nothing") not in told.location:
                found.lost.append(person.text)
    texts = Counter(Report.objects.filter(text__in=[person.text for person in people]).values_list("text", flat=True))
    found.twice += [text for text, times in texts.items() if times > 1]


def _look_at_mail(found, people, sink, copies):
    promised = {each.message_id: each for each in Notification.objects.select_related("tenant")}
    received = {taken.recipient for taken in sink.taken}
    found.lost += [
        each.occasion for each in promised.values() if each.message_id not in copies and each.state != "failed"
    ]
    found.lost += [person.email for person in people if person.sent and person.email not in received]
    same_words = defaultdict(set)
    for taken in sink.taken:
        same_words[taken.recipient, taken.text].add(taken.message_id)
        notification = promised.get(taken.message_id)
        if notification is None:
            found.orphans.append(taken.message_id)
        elif not notification.address == taken.recipient == notification.tenant.email:
            found.wrong_recipient.append(taken.recipient)
    found.twice += [recipient for (recipient, _), ids in same_words.items() if len(ids) > 1]


def _look_at_files(found, at):
    found.orphans += list(files_without_a_photo(at=at + timedelta(days=2)))
    found.orphans += list(look_for_files().first)
