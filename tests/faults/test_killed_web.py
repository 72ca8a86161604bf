"""F1 and F3: the web process dies around the commit; the person presses the button again."""

import time

from requests.models import Draft, ServiceRequest
from tenants.notifications.models import Notification
from tests.size import times

from . import figures
from .fail_points import IN_THE_WEB

KILLS = times(100, short=8)


def test_whoever_repeats_a_submit_that_got_no_answer_has_one_request_and_one_confirmation(town):
    town.web()
    town.worker(seconds={"sweep": 1})
    people = town.street.move_in(KILLS)
    for number, person in enumerate(people):
        assert town.street.send(person, fail_point=f"{IN_THE_WEB[number % len(IN_THE_WEB)]}=die").status == 0
    ended = time.monotonic()
    answers = [{town.street.send_until_told(person).location for _ in range(2)} for person in people]
    back = town.back_to_normal(ended)

    found = town.look()
    trial = "web process killed, at each step of report → commit → wake"
    figures.note("F1, F3", trial, times=KILLS, found=found, back=back)
    assert found.faults() == {}
    assert {len(places) for places in answers} == {1}
    assert Notification.objects.filter(kind="request_received").count() == KILLS + 1
    assert back <= 60


def test_without_the_key_of_the_form_there_would_be_two(town):
    town.web()
    [person] = town.street.move_in(1)
    assert town.street.send(person, fail_point="before the answer=die").status == 0
    Draft.objects.update(sent_as=None)  # as if the form had no memory of being sent

    town.street.send_until_told(person)

    assert ServiceRequest.objects.count() == 2
    assert town.look().twice == [person.text]
