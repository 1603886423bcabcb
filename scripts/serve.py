"""Serves the hub: the web server and the jobs process side by side, until Ctrl-C.

Each line of output is prefixed with the process it comes from. When one of them ends, or on
SIGINT, SIGTERM or SIGHUP, both are stopped.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

HOST = "127.0.0.1"
PROGRAMS = Path(sys.executable).parent
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1  # of prctl(2)
PATIENCE = 15.0  # seconds that a process gets to stop by itself; granian's workers get 10


def commands(port: int) -> dict[str, list[str]]:
    """The processes by the prefix of their output."""
    web = [str(PROGRAMS / "granian"), "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    web += ["--blocking-threads", "32", "--workers-kill-timeout", "10", "wsgi:app"]
    return {"web": web, "jobs": [str(PROGRAMS / "flask"), "hub", "jobs"]}


def require_free(port: int) -> None:
    """End with a sentence if something listens on ``port`` already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            sys.exit(f"Port {port} is in use: stop what uses it, or set HUB_PORT to another.")


def end_with_parent() -> None:
    """On Linux: let the kernel stop this process when the one that started it is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: list[str]) -> subprocess.Popen[str]:
    """Start a process in a group of its own, so that Ctrl-C reaches it once: from here."""
    return subprocess.Popen(
        command,
        env={**os.environ, "FLASK_APP": "wsgi.py", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
        preexec_fn=end_with_parent,
    )


def pass_on(prefix: str, stream: IO[str]) -> None:
    """Print every line of ``stream`` behind ``prefix`` until it ends."""
    for line in stream:
        print(f"{prefix:<4} | {line}", end="", flush=True)


def announce(port: int, ended: threading.Event) -> None:
    """Say where the hub is as soon as it takes connections."""
    while not ended.wait(0.2):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            continue
        if ended.is_set():
            return
        print(f"The hub is at http://{HOST}:{port} (Ctrl-C stops it).", flush=True)
        return


def stop_all(processes: Mapping[str, subprocess.Popen[str]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE
    for name, process in processes.items():
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"{name} did not stop within {PATIENCE:.0f} seconds and is killed.", flush=True)
            process.kill()
            process.wait()


def main() -> int:
    os.chdir(Path(__file__).resolve().parent.parent)
    port = int(os.environ.get("HUB_PORT") or "8000")
    require_free(port)
    # A plain list: setting an Event inside a handler can deadlock with whoever waits for it.
    received: list[int] = []
    for number in STOP_SIGNALS:
        signal.signal(number, lambda number, _frame: received.append(number))
    processes = {name: start(command) for name, command in commands(port).items()}
    threads = [
        threading.Thread(target=pass_on, args=(name, process.stdout), daemon=True)
        for name, process in processes.items()
    ]
    ended = threading.Event()
    threads.append(threading.Thread(target=announce, args=(port, ended), daemon=True))
    for thread in threads:
        thread.start()
    while not received and all(process.poll() is None for process in processes.values()):
        time.sleep(0.2)
    ended.set()
    gone = [name for name, process in processes.items() if process.poll() is not None]
    print(f"{', '.join(gone)} ended: stopping." if gone else "Stopping.", flush=True)
    stop_all(processes)
    for thread in threads:
        thread.join(2)
    return 0 if received else 1


if __name__ == "__main__":
    sys.exit(main())
