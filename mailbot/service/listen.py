"""Where the endpoint for monitors listens. Apart from it, so that a service without one does without its libraries."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen: an IP address and a TCP port (0: any free one).

    One that other machines can reach is refused, with a ValueError, unless `beyond_this_machine` says so: the endpoint
    knows no password and no encryption.
    """

    address: str
    port: int
    beyond_this_machine: bool = False

    def __post_init__(self) -> None:
        """Refuse to be open to the network by mistake."""
        if not ip_address(self.address).is_loopback and not self.beyond_this_machine:
            raise ValueError(
                f"адрес {self.address} виден другим компьютерам, а пароля и шифрования здесь нет; если так и нужно, "
                "задайте beyond_this_machine = true"
            )
