import subprocess
import sys


def test_what_is_loaded_is_lasting_and_rubbish_is_looked_for_seldom_but_found():
    """In a process of its own: it is for the whole process."""
    code = """
import gc, weakref
from mailbot.service.garbage import OBJECTS, look_seldom
class Knot: pass
look_seldom()
assert gc.isenabled() and gc.get_freeze_count() > 1_000
assert gc.get_threshold()[0] == OBJECTS
knot = Knot()
knot.self = knot
gone = weakref.ref(knot)
del knot
made = [[] for _ in range(2 * OBJECTS)]
assert gone() is None
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
