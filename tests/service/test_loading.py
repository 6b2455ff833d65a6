"""Imports inside functions that several threads of the service run: one thread at a time (`mailbot/loading.py`)."""

import ast
from pathlib import Path

import mailbot

ROOMS = ("service", "rollup", "desk", "outbox")
AT_THE_START = {"procrastination", "HandedOver", "Monitor", "pages"}
"""What is loaded before the service has threads."""
OF_ITS_OWN_PROCESS = {"service/apart.py"}


def unguarded(tree):
    """The imports inside functions that stand under no `with loading:`."""

    def walk(node, inside, guarded):
        if isinstance(node, ast.Import | ast.ImportFrom) and inside and not guarded:
            yield node
        guarded = guarded or (isinstance(node, ast.With) and ast.unparse(node.items[0]) == "loading")
        inside = inside or isinstance(node, ast.FunctionDef)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside, guarded)

    return list(walk(tree, False, False))


def test_what_threads_load_is_loaded_by_one_at_a_time():
    root = Path(mailbot.__file__).parent
    found = [
        (str(path.relative_to(root)), node.lineno)
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
        if str(path.relative_to(root)) not in OF_ITS_OWN_PROCESS
        for node in unguarded(ast.parse(path.read_text("utf-8")))
        if not {alias.name for alias in node.names} <= AT_THE_START
    ]
    assert found == []


def test_the_check_sees_an_import_without_the_lock():
    assert len(unguarded(ast.parse("def f():\n    import smtplib\n    with loading:\n        import email\n"))) == 1
