"""The packages to install; everything else is in pyproject.toml, which can't both find packages and rename one.

`migrations/` stands at the top of the repository, where people look for it, and is installed as `mailbot.migrations`.
"""

from setuptools import find_namespace_packages, setup

MIGRATIONS = find_namespace_packages("migrations", exclude=["__pycache__*", "*.__pycache__*"])

setup(
    packages=[
        *find_namespace_packages(include=["mailbot", "mailbot.*"], exclude=["*.__pycache__*"]),
        "mailbot.migrations",
        *(f"mailbot.migrations.{name}" for name in MIGRATIONS),
    ],
    package_dir={"mailbot.migrations": "migrations"},
)
