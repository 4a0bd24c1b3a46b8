"""One process owns the embedded index; who comes second is told who it is."""

import fcntl
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.domain.errors import IndexLocked
from service.index_lock import FILE, IndexLock, holder

HOLD = """
import sys, time
from pathlib import Path
from service.index_lock import IndexLock
with IndexLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def another_process(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(directory)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "held\n" == process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_process_is_refused_and_told_the_first_ones_pid(tmp_path: Path) -> None:
    with another_process(tmp_path) as first:
        with pytest.raises(IndexLocked, match=f"in use by process {first.pid}") as refused, IndexLock(tmp_path):
            pass
        assert first.pid == refused.value.holder_pid
        assert first.pid == holder(tmp_path)


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    with another_process(tmp_path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert str(first.pid) == (tmp_path / FILE).read_text().strip()  # what it wrote is still there
        assert holder(tmp_path) is None
        with IndexLock(tmp_path):
            assert str(first.pid) != (tmp_path / FILE).read_text().strip()


def test_the_lock_is_free_after_it_is_left_also_by_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), IndexLock(tmp_path):
        raise ZeroDivisionError
    assert holder(tmp_path) is None
    with IndexLock(tmp_path), pytest.raises(IndexLocked), IndexLock(tmp_path):
        pass


def test_a_refusal_leaves_the_holders_pid_alone(tmp_path: Path) -> None:
    with IndexLock(tmp_path):
        with pytest.raises(IndexLocked), IndexLock(tmp_path):
            pass
        assert holder(tmp_path) is not None


def test_nobody_holds_what_was_never_taken(tmp_path: Path) -> None:
    assert holder(tmp_path / "absent") is None


def test_the_data_directory_is_made_and_the_lock_is_nobody_elses_to_read(tmp_path: Path) -> None:
    with IndexLock(tmp_path / "new" / "data"):
        assert 0o600 == (tmp_path / "new" / "data" / FILE).stat().st_mode & 0o777


def test_looking_who_holds_it_turns_no_start_away(tmp_path: Path) -> None:
    """Whoever looks has a shared lock for an instant, here for a long one."""
    with IndexLock(tmp_path):
        pass
    with (tmp_path / FILE).open() as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)
        looking = threading.Timer(0.05, fcntl.flock, (looked_at, fcntl.LOCK_UN))
        looking.start()
        with IndexLock(tmp_path):
            looking.join()
