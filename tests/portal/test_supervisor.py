import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from portal.local import Valkey
from portal.local.processes import command_of
from portal.local.supervisor import Program, Stopped, Supervisor, stop_leftovers

from .processes import alive, family, until

SUPERVISE = """
import sys
from pathlib import Path
from portal.local.supervisor import Program, Stopped, StopSignals, Supervisor

signals = StopSignals()
supervisor = Supervisor(folder=Path.cwd(), record=Path(sys.argv[1]), signals=signals)
try:
    try:
        supervisor.start(Program("child", [sys.executable, "-c", sys.argv[2]]))
        while True:
            supervisor.tick()
    finally:
        signals.stopping = True
        supervisor.stop()
except KeyboardInterrupt:
    print("stopped")
except Stopped as reason:
    print(reason)
"""
# The handler of a signal that comes while a child is made runs here, and what it raises here is dropped.
DURING_THE_BIRTH = """
import os, signal
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
"""
SHORT_LIVED = "print('born', flush=True)"
SLEEPING = f"import time; {SHORT_LIVED}; time.sleep(99)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPING}"
WITH_A_CHILD = f"import subprocess; {SHORT_LIVED}; subprocess.run(['sleep', '99'])"


class Supervised:
    """A supervisor with one child that runs this code."""

    def __init__(self, folder, code):
        self.log = folder / "said.txt"
        with self.log.open("w") as output:
            command = [sys.executable, "-c", SUPERVISE, folder / "record.json", code]
            self.process = subprocess.Popen(command, stdout=output)
        assert until(lambda: self.log.read_text().startswith("child  | born\n"))

    def last_line(self):
        """What it says at its end."""
        assert self.process.wait(20) == 0
        return self.log.read_text().splitlines()[-1]


@pytest.fixture
def supervise(tmp_path):
    """Start one; what is left afterwards is killed."""
    started = []

    def supervise(code):
        started.append(Supervised(tmp_path, code))
        return started[-1]

    yield supervise
    for supervised in started:
        supervised.process.kill()
        supervised.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_child_and_grandchild(supervise, number):
    supervisor = supervise(WITH_A_CHILD)
    assert until(lambda: len(family(supervisor.process.pid)) == 3)
    everybody = family(supervisor.process.pid)

    supervisor.process.send_signal(number)

    assert supervisor.last_line() == "stopped"
    assert alive(everybody) == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_of_the_supervisor_ends_its_children(supervise):
    supervisor = supervise(SLEEPING)
    everybody = family(supervisor.process.pid)
    assert len(everybody) == 2

    supervisor.process.kill()

    assert until(lambda: not alive(everybody))


def test_a_second_signal_does_not_wait_for_a_child_that_will_not_go(supervise):
    supervisor = supervise(STUBBORN)
    everybody = family(supervisor.process.pid)

    supervisor.process.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        supervisor.process.wait(0.5)
    supervisor.process.terminate()

    assert supervisor.last_line() == "stopped"
    assert alive(everybody) == set()


def test_a_child_that_keeps_dying_is_started_again_three_times_and_then_all_stops(supervise):
    supervisor = supervise(SHORT_LIVED)

    supervisor.process.wait(20)

    assert supervisor.log.read_text().splitlines() == [
        *["child  | born", "child  | stopped (exit code 0), starts again"] * 3,
        "child  | born",
        "child stopped 4 times within a minute, so everything stops; its last lines say why.",
    ]


def test_when_a_server_that_all_need_dies_all_stops(tmp_path):
    valkey = Valkey(tmp_path)
    valkey.start()
    signals = SimpleNamespace(hurry=False, stopping=False)
    supervisor = Supervisor(folder=tmp_path, record=tmp_path / "record.json", signals=signals)
    supervisor.watch(valkey)
    supervisor.start(Program("child", [sys.executable, "-c", "import time; time.sleep(99)"]))
    everybody = family(supervisor.programs[0].process.pid)
    valkey.process.kill()
    valkey.process.wait()

    with pytest.raises(Stopped, match=r"^Valkey stopped \(.*\), so everything stops\.$"):
        supervisor.tick()
    supervisor.stop()

    assert alive(everybody) == set()


def test_a_signal_while_a_child_is_made_is_not_lost(tmp_path):
    code = [sys.executable, "-c", DURING_THE_BIRTH + SUPERVISE, tmp_path / "record.json", SLEEPING]

    supervised = subprocess.run(code, capture_output=True, text=True, timeout=20, check=False)

    assert "KeyboardInterrupt" in supervised.stderr  # dropped: "Exception ignored in …"
    assert supervised.stdout.splitlines()[-1] == "stopped"


def hear_interrupts():
    """What a shell starts in the background is deaf to them, and so is all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_what_an_earlier_supervisor_left_is_ended_and_a_stranger_with_its_number_is_not(tmp_path):
    record = tmp_path / "record.json"
    ours, stranger = [subprocess.Popen(["sleep", n], preexec_fn=hear_interrupts) for n in ("98", "99")]
    record.write_text(f'{{"{ours.pid}": "sleep 98", "{stranger.pid}": "-m gunicorn"}}')

    try:
        assert until(lambda: "sleep 98" in command_of(ours.pid))
        stop_leftovers(record)

        assert ours.wait(5) == -signal.SIGINT
        assert stranger.poll() is None
        assert not record.exists()
    finally:
        for process in (ours, stranger):
            process.kill()
            process.wait()


def test_nobody_reading_any_more_ends_it_without_complaint(tmp_path):
    chatty = "import time\nwhile True: print('born', flush=True); time.sleep(0.01)"
    code = [sys.executable, "-c", SUPERVISE, tmp_path / "record.json", chatty]
    supervisor = subprocess.Popen(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    supervisor.stdout.readline()
    everybody = family(supervisor.pid)
    supervisor.stdout.close()

    assert supervisor.wait(15) == 0
    assert supervisor.stderr.read() == ""
    supervisor.stderr.close()
    assert alive(everybody) == set()
