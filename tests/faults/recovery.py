"""How long from the death of a machine (supervisor and workers, SIGKILL) to the next attempt on what it held.

`python -m tests.faults.recovery [ROUNDS]`, with the settings as shipped (lease, sweep); one JSON line.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from tests.faults.fleet_bench import Fleet
from tests.servers import redis

_MACHINE = 6


def main(rounds: int) -> None:
    """Kill a machine of six workers a round; a second one, of the same size, is there all the time."""
    waited: list[float] = []
    with tempfile.TemporaryDirectory() as folder, redis.running() as bell:
        fleet = Fleet(Path(folder) / "fleet", {"redis_url": bell.url})
        try:
            for number in range(rounds):
                waited += _round(fleet, number)
        finally:
            fleet.end()
    waited.sort()
    told = {
        "figure": "recovery-seconds",
        "n": len(waited),
        "p50": round(statistics.median(waited), 1),
        "p99": round(waited[min(len(waited) - 1, int(0.99 * len(waited)))], 1),
        "max": round(waited[-1], 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")


def _round(fleet: Fleet, number: int) -> list[float]:
    ids = fleet.take(*["sleep 300 once"] * _MACHINE, batch=f"b{number}")
    first = fleet.start(jobs=_MACHINE)
    fleet.until(lambda states: states.get("running") == _MACHINE, 120)
    second = fleet.start(jobs=_MACHINE)
    time.sleep(10 + random.uniform(0, 10))
    killed = time.time()
    first.kill()
    first.wait()
    fleet.until(lambda states: states.get("done") == _MACHINE * (number + 1), 180)
    second.terminate()
    second.wait()
    with fleet.app() as app:
        return [_second_claim(app, each) - killed for each in ids]


def _second_claim(app: object, document_id: str) -> float:
    claims = [e for e in app.catalogue.events(document_id) if e.kind == "claimed"]  # type: ignore[attr-defined]
    return datetime.fromisoformat(claims[1].at).timestamp()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
