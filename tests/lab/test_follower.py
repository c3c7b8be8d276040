"""What comes from a console, however much of it at once."""
import os

import pytest

from lab.execute import Follower, has_line


@pytest.mark.parametrize("behind", [0, 60000])
def test_last_words_before_what_others_say(tmp_path, behind):
    """A neighbour that goes on fills the pipe while the lab does not run."""
    reader, writer = os.pipe()
    said = b"LAB userspace 1.25\n@trace end lines=14\n" + behind * b"x"
    os.write(writer, said)
    follower = Follower(tmp_path / "log")
    assert follower.follow(reader, 60, lambda text: has_line(text, "@trace end"))
    assert follower.seen is not None and (tmp_path / "log").read_bytes() == said
    os.close(writer)
    os.close(reader)


def test_last_words_in_two_pieces(tmp_path):
    follower = Follower(tmp_path / "log")
    with (tmp_path / "log").open("wb") as file:
        assert not has_line(follower.take(b"@trace", file), "@trace end")
        assert has_line(follower.take(b" end lines=14\n", file), "@trace end")
