"""A worker whose supervisor is gone already leaves before it takes anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

SCRIPT = "import sys; from digitizer.services.pool import die_with_parent; die_with_parent(int(sys.argv[1]))"


@pytest.mark.parametrize(("parent_of", "status"), [(os.getpid, 0), (lambda: 1, -signal.SIGKILL)])
def test_c06_a_worker_started_just_before_its_supervisor_was_killed_does_not_live_on(parent_of, status):
    started = subprocess.run([sys.executable, "-c", SCRIPT, str(parent_of())], check=False)
    assert started.returncode == status
