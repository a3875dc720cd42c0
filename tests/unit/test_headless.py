from readycheck.api import Capability
from readycheck.events import Expected, RunStarted
from readycheck.headless import announcement


def begun(*hosts: str) -> RunStarted:
    planned = (Expected(check_id="dns", title="Name lookup", capability=Capability.CONNECTION),)
    return RunStarted(profile="Office", planned=planned, max_bytes=46_100_000, max_seconds=90.0, hosts=hosts)


def test_a_run_says_data_seconds_and_hosts_before_it_begins() -> None:
    assert announcement(begun("a.example", "b.example")) == (
        "Checking 1 thing with the profile Office: at most 46 MB of data and 90 seconds. "
        "It talks to a.example and b.example. Control C stops."
    )


def test_many_hosts_are_counted_and_the_first_are_named() -> None:
    hosts = [f"h{number}.example" for number in range(12)]
    assert "It talks to h0.example, h1.example, h2.example and 9 others." in announcement(begun(*hosts))


def test_words_with_commas_stay_apart() -> None:
    assert "It talks to one, else two; three; and 4." not in announcement(
        begun("one, else two", "three", "4")
    )
    assert "It talks to one, else two; three and 4." in announcement(begun("one, else two", "three", "4"))


def test_a_run_that_talks_to_nobody_says_nothing_of_hosts() -> None:
    assert "talks" not in announcement(begun())
