from __future__ import annotations

import pytest

from aicycle.errors import RefusedFileError, UsageError
from aicycle.sources.addresses import checked, id_of, is_address, is_public, normalised, require_public


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("https://example.org/x", True),
        ("HTTP://example.org", True),
        ("file:///etc/passwd", True),
        ("news.txt", False),
        ("/tmp/a://b", False),  # noqa: S108 - a path that nobody opens
        ("http:/x", False),
        ("", False),
    ],
)
def test_an_address_has_a_scheme_and_a_path_has_none(place, found):
    assert is_address(place) is found


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("file:///etc/passwd", "the scheme 'file'"),
        ("ftp://example.org/x", "the scheme 'ftp'"),
        ("gopher://example.org/x", "the scheme 'gopher'"),
        ("https://", "without a host"),
        ("https:///path", "without a host"),
        ("https://user:hunter2@example.org/x", "user name or a password"),
        ("https://hunter2@example.org/x", "user name or a password"),
        ("https://:hunter2@example.org/x", "user name or a password"),
        ("https://example.org:99999/x", "the port 99999"),
        ("https://[::1", "can't be read"),
        ("https://example.org/a b", "blanks or control characters"),
        ("https://example.org/\r\nHost: hunter2", "blanks or control characters"),
        ("https://example.org/\u202e", "blanks or control characters"),
        ("https://example.org/" + "x" * 3000, "an address of 3020 characters"),
    ],
)
def test_what_is_not_asked_says_why_and_repeats_no_secret(address, why):
    with pytest.raises(UsageError) as refused:
        checked(address)
    assert why in refused.value.what
    assert "hunter2" not in str(refused.value)
    assert "http:// or https://" in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Example.ORG/a?b=1", "https://example.org:443/a?b=1"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&b=1&fbclid=y", "https://example.org/a?b=1"),
        ("https://example.org/a?b=1&a=2", "https://example.org/a?a=2&b=1"),
        ("https://example.org", "https://example.org/"),
    ],
)
def test_one_document_has_one_address(one, other):
    assert normalised(checked(one)) == normalised(checked(other))
    again = normalised(checked(one))
    assert normalised(checked(again)) == again


def test_what_a_document_is_known_by_does_not_depend_on_how_it_is_asked():
    assert id_of("http://example.org/a/") == id_of("https://example.org/a") != id_of("https://example.org/b")
    assert normalised(checked("https://example.org/a%2Fb")) != normalised(checked("https://example.org/a/b"))
    assert id_of("https://example.org/a?p=1") != id_of("https://example.org/a?p=2")
    assert id_of("https://example.org/a").startswith("u-")


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822", "8.8.8.8"]
)
def test_public_addresses(text):
    assert is_public(text)
    require_public("example.org", [text])


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "127.1.2.3", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0",
     "fc00::1", "fec0::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
     "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:0a00:0001::", "2001:0:7f00:1::80ff:fffe",
     "not an address", ""],
)  # fmt: skip
def test_addresses_that_are_not_public_also_inside_others(text):
    assert not is_public(text)
    with pytest.raises(RefusedFileError, match="is no public address") as refused:
        require_public("example.org", ["8.8.8.8", text])
    assert "AICYCLE_FETCH_PRIVATE_ADDRESSES" in str(refused.value)
