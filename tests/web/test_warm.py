"""What a process loads once is loaded before the first visitor comes."""

import subprocess
import sys

from digitizer.web.warm import warm_beside

ASKS = """
import sys
from digitizer.web.warm import warm
assert "matplotlib" not in sys.modules
warm()
assert "matplotlib.backends.backend_svg" in sys.modules
from digitizer.web.render import _environment
for language in ("vi", "en"):
    assert len(_environment(language).cache) > 20
"""


def test_templates_and_the_library_of_charts_are_there_before_they_are_asked_for():
    subprocess.run([sys.executable, "-c", ASKS], check=True)


def test_it_is_done_beside_and_holds_up_no_end():
    thread = warm_beside()
    assert thread.daemon
    thread.join(30)
    assert not thread.is_alive()
