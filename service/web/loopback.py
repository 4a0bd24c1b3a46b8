"""Whether a request comes from this machine itself: what the demo's sign-in and open metrics rest on."""

from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection

_FORWARDED, _FORWARDED_AS = ("forwarded", "x-real-ip", "via"), "x-forwarded-"


def is_loopback(host: str) -> bool:
    """Whether an address or a host name, without port or brackets, can only mean this machine."""
    if host.lower() in {"localhost", "localhost."}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The host of a Host header without its port: `127.0.0.1` of `127.0.0.1:8000`, `::1` of `[::1]:8000`."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def is_direct_loopback(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the client and the host it asked for are both this machine, and no proxy stands between.

    The Host header counts because a page of another site can make its own name resolve to 127.0.0.1; proxies count
    because behind one on the same machine every client looks local.
    """
    client = connection.client
    return (
        client is not None
        and is_loopback(client.host)
        and is_loopback(host_name(connection.headers.get("host", "")))
        and not any(name in _FORWARDED or name.startswith(_FORWARDED_AS) for name in connection.headers)
    )
