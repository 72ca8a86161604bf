import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from portal.local import stage
from portal.local.processes import command_of, free_port
from portal.local.stage import PROJECT, data_folder

from .processes import alive, family, until

STARTED = re.compile(r"^Thuisbalie runs: open (\S+)$", re.MULTILINE)
ours = (
    "DATABASE_URL",
    "REDIS_URL",
    "DJANGO_SETTINGS_MODULE",
    "PORT",
    "DATA",
    "DWELLINGS",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "DEMO",
)
ours += ("SITE_URL", "DATA_DIR", "LOG_LEVEL", "MEDIA_ROOT", "EMAIL_FILE_PATH", "SMS_FILE_PATH")


def command(data, **env):
    """The command, in the environment of somebody who never set anything for it."""
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    return {
        "args": [sys.executable, "manage.py", "demo"],
        "env": clean | {"DATA": str(data), "DWELLINGS": "100", **env},
        "cwd": PROJECT,
        "stderr": subprocess.STDOUT,
        "text": True,
    }


@contextmanager
def running(data, port):
    """A demo that has said where to look."""
    log = data.parent / "said.txt"
    with log.open("w") as output:
        demo = subprocess.Popen(**command(data, PORT=str(port)), stdout=output)
    try:
        assert until(lambda: STARTED.search(log.read_text()) or demo.poll() is not None, seconds=90)
        assert demo.poll() is None, log.read_text()
        yield demo, log
    finally:
        demo.kill()
        demo.wait()


def refusal(data, **env):
    """What a demo that cannot run says before it ends with code 1."""
    done = subprocess.run(**command(data, **env), stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == 1, done.stdout
    return done.stdout


def database_of(demo):
    for pid, _ in family(demo.pid):
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:  # it ended in between
            continue
        found = re.search(rb"(?:^|\0)DATABASE_URL=([^\0]+)", environment)
        if found:
            return found[1].decode()
    return None


def ask(demo, question):
    with psycopg.connect(database_of(demo), autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else None


def page(port):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60).status


def killed_halfway(data, port):
    """Who was alive when a demo that was making its tables was killed."""
    demo = subprocess.Popen(**command(data, PORT=str(port)), stdout=subprocess.DEVNULL)
    try:
        assert until(lambda: sum("prepare_demo" in command_of(pid) for pid, _ in family(demo.pid)) == 2)
        return family(demo.pid)
    finally:
        demo.kill()
        demo.wait()


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_demo_that_was_killed_leaves_no_process_and_loses_no_data(open_folder):
    data, port = open_folder / "with a space", free_port()

    everybody = killed_halfway(data, port)
    assert until(lambda: not alive(everybody))

    with running(data, port) as (demo, log):
        first_page, dwellings = page(port), ask(demo, "SELECT count(*) FROM dwellings_dwelling")
        ask(demo, "CREATE TABLE kept AS SELECT 'this' AS word")
        secret = (data / "secret_key").read_text()
        os.kill(min(pid for pid, _ in family(demo.pid) if "gunicorn" in command_of(pid)), signal.SIGKILL)
        assert until(lambda: "web    | stopped (by signal SIGKILL), starts again" in log.read_text())
        page_of_the_next_web = page(port)
        everybody = family(demo.pid)
        demo.kill()
        assert until(lambda: not alive(everybody))

    with running(data, port) as (demo, log):
        assert ask(demo, "SELECT word FROM kept") == [("this",)]
        assert ask(demo, "SELECT count(*) FROM dwellings_dwelling") == dwellings == [(100,)]
        assert (data / "secret_key").read_text() == secret
        assert (first_page, page_of_the_next_web, page(port)) == (200, 200, 200)
        everybody = family(demo.pid)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 0
        assert alive(everybody) == set()
        assert log.read_text().endswith(f"\nThe demo has stopped. Its data is kept in {data}.\n")


def test_a_second_demo_on_the_same_data_says_so(tmp_path):
    with data_folder(tmp_path, 8000):
        said = refusal(tmp_path, PORT=str(free_port()))

    assert said == (
        f"A demo with the data in {tmp_path} already runs (process {os.getpid()}, http://localhost:8000): "
        "use that one, stop it, or choose another folder with DATA=.\n"
    )


def test_a_port_in_use_says_so(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        said = refusal(tmp_path, PORT=str(port))

    assert said == f"Port {port} cannot be used (Address already in use): choose another one with PORT=.\n"


@pytest.mark.parametrize(("port", "why"), [("70000", "there is no such port"), ("eighty", "there is no such port")])
def test_a_port_that_does_not_exist_says_so(tmp_path, port, why):
    said = refusal(tmp_path, PORT=port)

    assert said == f"Port {port} cannot be used ({why}): choose another one with PORT=.\n"


def test_a_data_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder")

    said = refusal(tmp_path / "file" / "data")

    assert (
        said == f"The demo cannot write in {tmp_path}/file/data (Not a directory): choose another folder with DATA=.\n"
    )


def test_broken_data_says_so(open_folder):
    data = open_folder / "broken"
    (data / "postgres" / "cluster").mkdir(parents=True)

    said = refusal(data, PORT=str(free_port()))

    assert said == (
        f"PostgreSQL cannot use the data in {data}: PG_VERSION cannot be read. "
        "Restore that folder, or remove it to begin anew.\n"
    )


@pytest.mark.parametrize(
    ("given", "about"),
    [
        (
            {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "The database of DATABASE_URL does not answer: .*refused",
        ),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "The server of REDIS_URL does not answer: .*refused"),
    ],
)
def test_a_server_of_somebodys_own_that_does_not_answer_says_so(tmp_path, given, about):
    said = refusal(
        tmp_path,
        PORT=str(free_port()),
        **{"DATABASE_URL": os.environ["DATABASE_URL"], "REDIS_URL": os.environ["REDIS_URL"]} | given,
    )

    assert re.fullmatch(rf"{about}[^\n]*\.\n", said)
    assert not (tmp_path / "postgres").exists()


def test_a_database_with_people_of_somebodys_own_is_left_alone(tmp_path, transactional_db, django_user_model):
    """Its messages would be sent to a folder, and marked as sent."""
    somebody = django_user_model.objects.create(email="planner@corporation.example")
    named = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format_map(named)

    said = refusal(tmp_path, PORT=str(free_port()), DATABASE_URL=url, REDIS_URL=os.environ["REDIS_URL"])

    assert said.startswith(
        "CommandError: This database has people who are not of the demo: nothing was changed. "
        "Name another database in DATABASE_URL, or none at all.\n"
    )
    assert list(django_user_model.objects.all()) == [somebody]


def test_what_is_set_for_another_portal_does_not_reach_the_demo(monkeypatch, tmp_path):
    for name, value in (("ALLOWED_HOSTS", "portal.example.org"), ("BEHIND_PROXY", "1"), ("DEBUG", "1")):
        monkeypatch.setenv(name, value)

    environment = stage.environment(8000, tmp_path)

    assert [name for name in ("ALLOWED_HOSTS", "BEHIND_PROXY", "DEBUG") if name in environment] == []
    assert environment["SITE_URL"] == "http://localhost:8000"


def test_the_demo_listens_to_this_machine_only():
    with stage.listening(free_port()) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
