"""How addresses are written: hosts, lists of them, and the base of the bot's pages."""

import pytest

from checklists.addresses import is_base_url, is_host, is_listed_host, is_loopback


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_this_machine_is_itself(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.1", "localhost.example", "127.0.0.1.example"])
def test_another_machine_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "bot", "bot.example.org", "my_service", "192.0.2.1"])
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize(
    "host", ["", " ", "http://bot", "bot:80", "[::1]", "bot/", "-bot", "bot..example", ".example", "a" * 254, "börk"]
)
def test_anything_else_is_no_host(host: str) -> None:
    assert not is_host(host)


@pytest.mark.parametrize(
    "listed", ["smba.example.org", ".teams.example.org", "*.teams.example.org", "bot:8080", "127.0.0.1", "[::1]:9"]
)
def test_a_listed_host_may_have_a_port_or_stand_for_all_below(listed: str) -> None:
    assert is_listed_host(listed)


@pytest.mark.parametrize(
    "listed", ["", ".", "*", "*.", ".net", "*.net", "https://bot", "bot/path", "bot:99999", "a b", "x@bot", ".a.b:80"]
)
def test_what_would_match_nothing_or_everything_is_not_listed(listed: str) -> None:
    assert not is_listed_host(listed)


@pytest.mark.parametrize(
    "url",
    ["https://bot.example.org", "http://127.0.0.1:3978/", "https://bot.example.org:444/kollen/v1", "https://[::1]:5"],
)
def test_a_base_url_is_a_host_and_perhaps_a_path(url: str) -> None:
    assert is_base_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "bot.example.org", "ftp://bot", "https://", "https:///rapport", "https://bot:port", "https://bot:0"),
        *(
            "https://bot:99999",
            "https://anna@bot",
            "https://bot/?x=1",
            "https://bot/#x",
            "https://b ot",
            "https://[::1",
        ),
        *("https://bot\\x", "https://*.example.org", "https://bot\n", "https://bot//x", "https://bot/{x}"),
    ],
)
def test_anything_more_or_less_is_none(url: str) -> None:
    assert not is_base_url(url)
