"""Addresses of documents: which may be asked, what one is called, and which machines may be talked to.

Here: the rules, applied to text and to resolved addresses. Not here: asking (`fetching`).

An address, and every address that a reply redirects to, comes from somebody else. Only public machines are talked to:
an address that leads into the network this process stands in would let its author read there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import parse_qsl, urlencode

import httpx

from aicycle.errors import RefusedFileError, UsageError

SCHEMES = ("http", "https")
LONGEST_ADDRESS_CHARACTERS = 2048
HIGHEST_PORT = 65_535
HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi)|ocid|cmpid", re.IGNORECASE
)
"""Parameters that say how a reader came, and nothing about what is read."""
ID_DIGITS = 16
TRANSLATED = IPv6Network("64:ff9b::/96")
"""Where a network without IPv4 keeps the addresses of those with it: the last 32 bits are one of them."""


def is_address(place: str) -> bool:
    """Return whether what somebody typed is an address; else it is a path."""
    return HAS_SCHEME.match(place) is not None


def checked(address: str) -> httpx.URL:
    """Return an address that may be asked.

    Raises:
        UsageError: it is none. The text never repeats a password.
    """
    if len(address) > LONGEST_ADDRESS_CHARACTERS:
        raise _refusal(f"an address of {len(address)} characters")
    if any(c.isspace() or not c.isprintable() for c in address):
        raise _refusal("an address with blanks or control characters")
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError, UnicodeError):
        raise _refusal("an address that can't be read") from None
    if url.userinfo or "@" in url.netloc.decode("ascii", errors="replace"):
        raise _refusal("an address with a user name or a password, which would be kept with the document")
    if url.scheme not in SCHEMES:
        raise _refusal(f"an address of the scheme {url.scheme[:20]!r}")
    if not url.host:
        raise _refusal("an address without a host")
    if not 0 < (url.port or 1) <= HIGHEST_PORT:
        raise _refusal(f"an address with the port {url.port}")
    return url.copy_with(fragment=None)


def _refusal(what: str) -> UsageError:
    return UsageError(
        f"{what} is not asked",
        expected=f"http:// or https://, a host, no user and password, at most {LONGEST_ADDRESS_CHARACTERS} characters",
        next_command="aicycle ingest https://...",
    )


def normalised(url: httpx.URL) -> str:
    """Return an address as a document is known by it: without tracking parameters, the others sorted."""
    kept = sorted(
        pair for pair in parse_qsl(url.query.decode(), keep_blank_values=True) if not TRACKING.fullmatch(pair[0])
    )
    path, query = url.raw_path.partition(b"?")[0], urlencode(kept).encode()
    return str(url.copy_with(raw_path=path + b"?" + query if query else path, fragment=None))


def id_of(address: str) -> str:
    """Return the id of the document at a normalised address; encryption and a last slash make no difference."""
    said = address.partition("://")[2].rstrip("/")
    return "u-" + hashlib.sha256(said.encode()).hexdigest()[:ID_DIGITS]


def require_public(host: str, found: Sequence[str]) -> None:
    """Refuse a host of which any address is not public.

    Args:
        host: its name.
        found: the addresses it resolves to.

    Raises:
        RefusedFileError: one is private, of this machine, of this link, reserved or for many.
    """
    for text in found:
        if not is_public(text):
            raise RefusedFileError(
                f"{host} is not asked: it leads to {text}, which is no public address",
                expected="a host on the public internet",
                next_command="save the document and give its path, "
                "or set AICYCLE_FETCH_PRIVATE_ADDRESSES=true if this network is yours to read",
            )


def is_public(text: str) -> bool:
    """Return whether an IP address is one of the public internet's, also where it stands inside another."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(str(inner))
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
