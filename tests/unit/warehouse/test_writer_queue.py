"""The queue of writers: one at a time, in order, bounded, and never blocked by the dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time

import pytest

from aicycle.errors import ExitCode, WarehouseBusyError
from warehouse.writer_queue import WriterQueue


def test_one_at_a_time(tmp_path):
    inside, most = 0, 0
    guard = threading.Lock()

    def write():
        nonlocal inside, most
        with WriterQueue(tmp_path, 20).turn("t"):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=write) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert most == 1
    assert not list(tmp_path.glob("*.ticket"))


def test_writers_are_served_in_the_order_they_came(tmp_path):
    served: list[int] = []
    threads = []

    def write(number):
        with WriterQueue(tmp_path, 20).turn("t"):
            served.append(number)

    with WriterQueue(tmp_path, 20).turn("first"):
        for number in range(5):
            t = threading.Thread(target=write, args=(number,))
            t.start()
            threads.append(t)
            deadline = time.monotonic() + 5
            while len(list(tmp_path.glob("*.ticket"))) <= number and time.monotonic() < deadline:
                time.sleep(0.005)
    for t in threads:
        t.join()
    assert served == [0, 1, 2, 3, 4]


def test_who_gives_up_says_who_holds_the_lock_since_when_and_what_to_do(tmp_path):
    with (
        WriterQueue(tmp_path, 5).turn("audit"),
        pytest.raises(WarehouseBusyError) as caught,
        WriterQueue(tmp_path, 0.05).turn("ingest"),
    ):
        pass
    said = str(caught.value)
    assert f"process {os.getpid()} (audit)" in said
    assert "since 20" in said
    assert "AICYCLE_WRITER_WAIT_SECONDS" in said
    assert caught.value.exit_code == ExitCode.BUSY
    assert not list(tmp_path.glob("*.ticket")), "who gives up leaves the queue"


def _hold_for_ever(folder, ready):
    with WriterQueue(folder, 5).turn("doomed"):
        ready.set()
        time.sleep(60)


def _wait_for_ever(folder, ready):
    ready.set()
    with WriterQueue(folder, 60).turn("waiting"):
        pass


def test_killed_holders_and_killed_waiters_do_not_block(tmp_path):
    context = multiprocessing.get_context("spawn")
    processes = []
    for target in (_hold_for_ever, _wait_for_ever):
        ready = context.Event()
        process = context.Process(target=target, args=(tmp_path, ready))
        process.start()
        assert ready.wait(30)
        processes.append(process)
    deadline = time.monotonic() + 10
    while not list(tmp_path.glob("*.ticket")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list(tmp_path.glob("*.ticket")), "the waiter has its ticket"
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    with WriterQueue(tmp_path, 2).turn("next"):
        assert not list(tmp_path.glob("*.ticket"))


def test_what_a_killed_holder_was_about_to_say_is_swept(tmp_path):
    (tmp_path / ".holder.4711").write_text("{")
    with WriterQueue(tmp_path, 2).turn("next"):
        assert sorted(p.name for p in tmp_path.glob("*holder*")) == ["holder.json"]
