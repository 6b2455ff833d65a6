"""Settings from TOML, the environment and secret files. Imported by the command line alone."""

from mailbot.config.load import ConfigError, Settings, load

__all__ = ["ConfigError", "Settings", "load"]
