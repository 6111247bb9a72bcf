"""What the first visitor would wait for, done while nobody waits yet: templates, texts, figures, charts."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress

from digitizer.errors import DigitizerError
from digitizer.services.burn_up import chart_of, warm_charts
from digitizer.services.dashboard import dashboard
from digitizer.services.figures import Scope
from digitizer.services.plan import PlanApp
from digitizer.services.rights import rights
from digitizer.web.render import compile_templates

__all__ = ["warm", "warm_beside"]


def warm(plan: PlanApp | None = None) -> None:
    """Load what a process loads once, about a second of one core; with a plan, gather and draw it once too.

    An archive that cannot be read now is left for the first visitor to be told of.
    """
    rights()
    warm_charts()
    compile_templates()
    with suppress(DigitizerError):
        for each in dashboard(plan, Scope()).seen if plan else ():
            if plan and each.judged.now.total:
                chart_of(plan, each)
    gc.collect()
    gc.freeze()  # a full collection over all that is loaded took 70 to 110 ms of some visitor's page


def warm_beside(plan: PlanApp | None = None) -> threading.Thread:
    """The same in a thread that holds up neither the start nor the end of the process."""
    thread = threading.Thread(target=warm, args=(plan,), name="warm", daemon=True)
    thread.start()
    return thread
