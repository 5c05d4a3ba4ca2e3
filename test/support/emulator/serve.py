"""Runs the emulator until its standard input ends, which happens when the test ends, however it ends."""

import os
import signal
import sys
import threading


def end_with_the_test() -> None:
    sys.stdin.buffer.read()
    # The functions run as children in the same process group.
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_the_test, daemon=True).start()

from ministack import app  # noqa: E402: importing it takes a while, and the test may end meanwhile

# With TLS it would listen on port 443 too, where it may.
app._port_is_bindable = lambda host, port: False
sys.argv = ["ministack"]
app.main()
