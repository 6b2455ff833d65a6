"""Loading heavy parts when they are first needed, one thread at a time.

Python locks each module by itself. Two threads that load a package whose modules import one another (openpyxl's do) can
each hold what the other waits for; then Python hands one of them a half-made module, and what it raises is raised again
at every further try: the reading of a whole inbox failed so, while the first roll-up was being made.
"""

from __future__ import annotations

import threading

loading = threading.RLock()
"""Held (`with loading:`) around every import inside a function that more than one thread of the service may run."""
