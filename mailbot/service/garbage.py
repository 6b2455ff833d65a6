"""How Python looks for rubbish in a process that reads mail."""

from __future__ import annotations

import gc

OBJECTS = 50_000
"""How many more objects than fewer there have to be before the young are looked through: a message makes thousands, and
nearly all of them go by themselves when it is read."""


def look_seldom() -> None:
    """Take all that is there now, the loaded code, as lasting, and look for rubbish among what comes a seventieth as often.

    Looking every 700 objects, as Python does, takes a fifth of the time in which a message is read and saved.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
