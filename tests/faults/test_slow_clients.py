"""F20: lines that are slow on purpose, and bodies that are too large, take nobody else's turn."""

import http.client
import socket
import time
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from requests.models import Draft
from tests.portal.processes import until
from tests.requests.tenant_pages import a_photo
from tests.size import LONG

from . import figures
from .people import TOKEN, p95

SLOW = 200 if LONG else 40  # there are eight threads
LOOKS = 40 if LONG else 10
HEADERS = "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SLOWLY = {
    "the body": f"{HEADERS}Content-Length: 50000\r\n\r\na=b",
    "the headers": HEADERS,
    "nothing": "",
}
OF_GUNICORN = "gthread"


def line_to(town, said=""):
    line = socket.create_connection(("127.0.0.1", town.street.port), timeout=30)
    line.sendall(said.encode())
    return line


@contextmanager
def slow_lines(town, said, count):
    with ExitStack() as stack:
        yield [stack.enter_context(closing(line_to(town, said))) for _ in range(count)]


def looks(town, person):
    """How long somebody waits for a page, who asks again and again."""
    answers = [town.street.ask("GET", reverse("home"), person, timeout=10) for _ in range(LOOKS)]
    assert {answer.status for answer in answers} == {200}
    return [answer.took for answer in answers]


def first_line_of(line):
    return line.recv(1000).split(b"\r\n")[0]


def status_of_answer_on(line):
    """Reads it to its end."""
    answer = http.client.HTTPResponse(line)
    answer.begin()
    answer.read()
    return answer.status


@pytest.mark.parametrize("what", SLOWLY)
def test_slow_lines_take_no_ones_turn(town, what):
    town.web()
    [person] = town.street.move_in(1)
    looks(town, person)
    quiet = looks(town, person)
    with slow_lines(town, SLOWLY[what], SLOW):
        meanwhile = looks(town, person)
        sent = town.street.send(person)

    remark = f"p95 {p95(quiet):.3f} s, meanwhile {p95(meanwhile):.3f} s, at most {max(meanwhile):.3f} s"
    figures.note("F20", f"slow lines: {what}", times=SLOW, remark=remark)
    assert sent.acknowledged
    assert p95(meanwhile) <= 2 * p95(quiet) + 0.05


def test_a_server_whose_threads_wait_for_slow_lines_serves_nobody(town):
    town.web(worker_class=OF_GUNICORN)
    [person] = town.street.move_in(1)
    looks(town, person)

    with slow_lines(town, SLOWLY["the body"], 40):
        assert until(lambda: town.street.ask("GET", reverse("home"), person, timeout=1).status == 0, seconds=10)


def test_who_is_too_slow_is_told_so(town):
    town.web(seconds={"body": 1})

    with slow_lines(town, SLOWLY["the body"], 1) as [line]:
        said = first_line_of(line)

    assert said == b"HTTP/1.1 408 Request Timeout"


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ("Content-Length: 100000000\r\n\r\n", b"HTTP/1.1 413 Content Too Large"),
        ("Content-Length: " + "9" * 5000 + "\r\n\r\n", b"HTTP/1.1 413 Content Too Large"),
        ("Transfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 411 Length Required"),
        ("X: " + "y" * 70_000, b"HTTP/1.1 431 Request Header Fields Too Large"),
    ],
)
def test_what_is_too_large_is_answered_within_a_second_also_while_it_comes(town, headers, answer):
    town.web()

    with slow_lines(town, "", 1) as [line]:
        began = time.monotonic()
        line.sendall((HEADERS + headers).encode())
        line.sendall(b"x" * 1_000_000)
        said, took = first_line_of(line), time.monotonic() - began

    assert (said, took < 1) == (answer, True)


def words_with_a_photo(text):
    """The body of the page on which people say what is wrong, and its type."""
    photo, border = a_photo().read(), "b0und"
    words = "".join(
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"csrfmiddlewaretoken": TOKEN, "text": text}.items()
    )
    file = f'--{border}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
    file += "Content-Type: image/jpeg\r\n\r\n"
    body = (words + file).encode() + photo + f"\r\n--{border}--\r\n".encode()
    return body, f"multipart/form-data; boundary={border}"


def test_a_photo_over_a_slow_telephone_arrives_whole(town):
    town.web(seconds={"body": 1})
    [person] = town.street.move_in(1)
    body, kind = words_with_a_photo("De kraan druppelt nog.")
    address = reverse("requests:report_words", args=[person.draft])
    step = len(body) // 10 + 1

    with closing(http.client.HTTPConnection("127.0.0.1", town.street.port, timeout=30)) as line:
        line.putrequest("POST", address)
        cookies = f"csrftoken={TOKEN}; sessionid={person.session}"
        for name, value in {"Cookie": cookies, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            line.putheader(name, value)
        line.endheaders()
        for start in range(0, len(body), step):
            time.sleep(0.05)
            line.send(body[start : start + step])
        answer = line.getresponse()

    draft = Draft.objects.get(pk=person.draft)
    assert (answer.status, draft.text, draft.photos.count()) == (302, "De kraan druppelt nog.", 1)


def test_one_line_may_be_used_again_and_what_comes_behind_a_request_is_not_taken_for_a_part_of_it(town):
    town.web()
    [person] = town.street.move_in(1)
    form = urlencode({"csrfmiddlewaretoken": TOKEN})
    ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    post = f"POST {reverse('requests:report_check', args=[person.draft])} HTTP/1.1\r\nHost: localhost\r\n"
    post += f"Cookie: csrftoken={TOKEN}; sessionid={person.session}\r\n"
    post += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}"

    with slow_lines(town, ask, 1) as [line]:
        answers = [status_of_answer_on(line)]
        line.sendall((post + ask).encode())
        answers.append(status_of_answer_on(line))
        assert until(lambda: line.recv(10_000) == b"", seconds=5)

    assert answers == [200, 302]
