"""Runs a command in a process group of its own, and ends that group when standard input closes.

Standard input is a pipe from the caller. It closes however the caller ends, be it by SIGKILL, so nothing is left running.
"""

import os
import signal
import subprocess
import sys
import threading

# Ctrl-C reaches everything in the terminal; here only the end of the caller counts.
signal.signal(signal.SIGINT, lambda *_: None)
signal.signal(signal.SIGTERM, lambda *_: sys.exit())

child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)


def send(number):
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass


def leave_with_child():
    status = child.wait()
    send(signal.SIGKILL)
    os._exit(status if status >= 0 else 128 - status)


threading.Thread(target=leave_with_child, daemon=True).start()
try:
    sys.stdin.buffer.read()
finally:
    send(signal.SIGTERM)
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        pass
    send(signal.SIGKILL)
