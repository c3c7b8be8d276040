"""A board on a serial line: the same images, the same lines on the console, no QEMU.

The lab can't reset a board by itself. A command of the user's does, or the user when asked: it loads
the images of a side and starts them, as docs/lab.md shows.
"""
import os
import subprocess
import termios
import tty

from lab import execute, workloads
from lab.experiment import Mistake


def _speed(path, text):
    speed = getattr(termios, f"B{text}", None)
    if speed is None:
        raise Mistake(f"BOARD={path},{text}: expected a speed such as 115200")
    return speed


class Board:
    """Opened once for all runs: a line that is opened anew may reset the board, or lose its first words."""

    def __init__(self, line, reset):
        path, _, speed = line.partition(",")
        number = _speed(path, speed or "115200")
        try:
            self.source = os.open(path, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(self.source)
        except (OSError, termios.error) as error:
            raise Mistake(f"BOARD={path}: {error}; expected a serial line such as /dev/ttyUSB0") from None
        settings = termios.tcgetattr(self.source)
        settings[4] = settings[5] = number
        termios.tcsetattr(self.source, termios.TCSANOW, settings)
        self.line, self.reset = line, reset

    def _start(self, side, images):
        termios.tcflush(self.source, termios.TCIFLUSH)  # what the last run's end left
        if not self.reset:
            print(f"Now load {images.folder} on {self.line} and start its {side} side.", flush=True)
            return
        done = subprocess.run([*self.reset.split(), side, images.folder], check=False)
        if done.returncode:
            raise Mistake(f"BOARD_RESET: {self.reset} {side} {images.folder}: status {done.returncode}")

    def run(self, side, images, follower, experiment):
        """Returns what went wrong, or None."""
        self._start(side, images)
        last = workloads.last_words(experiment, side)
        ended = follower.follow(self.source, experiment.limit, lambda said: execute.has_line(said, last))
        return None if ended else f"did not end in {experiment.limit} s"
