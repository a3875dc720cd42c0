"""What leaves at level support names nobody, stays useful, and says what was replaced."""

from typing import Any, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from readycheck.model import Environment, Report
from readycheck.privacy import Privacy
from readycheck.redact import PERSONAL, Level, Redactor, redact
from readycheck.redact.fields import field_classes
from tests.unit.sample_reports import CONTACT, GATEWAY, HOME, report, with_text


def struct_types(found: Any = Report, seen: set[type[Struct]] | None = None) -> set[type[Struct]]:
    """Every structure that a report can hold."""
    seen = set() if seen is None else seen
    if isinstance(found, type) and issubclass(found, Struct):
        if found in seen:
            return seen
        seen.add(found)
        for field in msgspec.structs.fields(found):
            struct_types(field.type, seen)
    for part in get_args(found):
        struct_types(part, seen)
    return seen


def holds_only_structs(annotation: Any) -> bool:
    parts = [part for part in get_args(annotation) if part is not Ellipsis] or [annotation]
    return all(isinstance(part, type) and issubclass(part, Struct) for part in parts)


def unmarked(types: set[type[Struct]]) -> list[str]:
    kinds = {(t, field.name): field.type for t in types for field in msgspec.structs.fields(t)}
    return sorted(
        f"{struct.__name__}.{name}"
        for struct in types
        for name, privacy in field_classes(struct)
        if privacy is None and not holds_only_structs(kinds[struct, name])
    )


class Leaky(Environment, frozen=True, kw_only=True):
    """What a careless addition to the model would look like."""

    serial: str = ""
    count: int = 0


def test_every_field_of_a_report_has_a_privacy_class() -> None:
    types = struct_types()
    assert len(types) > 10
    assert unmarked(types) == []


def test_a_field_without_a_class_is_noticed() -> None:
    assert unmarked({Leaky}) == ["Leaky.count", "Leaky.serial"]


def test_a_field_without_a_class_is_treated_as_secret() -> None:
    leaky = Leaky(user="annaschmidt", serial="C02XK1", count=7)
    copy = redact(report(environment=leaky), Level.SUPPORT)
    assert copy.environment == Leaky(user="[user 1]", serial="[removed]", count=0)


def test_the_person_and_the_machine_become_pseudonyms() -> None:
    copy = redact(report(), Level.SUPPORT)
    assert copy.environment.user == "[user 1]"
    assert copy.environment.computer == "[computer 1]"
    assert copy.environment.home == "[folder 1]"
    assert copy.environment.system_version == "Debian 12"


def test_facts_follow_their_own_class() -> None:
    values = {fact.name: fact.value for fact in redact(report(), Level.SUPPORT).results[0].facts}
    assert values == {
        "ssid": "[wi-fi 1]",
        "bssid": "[device 1]",
        "mac": "[device 2]",
        "addresses": "192.168.1.23, fe80::[device 2]",
        "public": "[address 1]:54321",
    }


def test_what_solves_the_case_stays_readable() -> None:
    copy = redact(report(), Level.SUPPORT)
    assert copy.contact == CONTACT
    assert copy.results[2] == GATEWAY
    assert copy.causes == report().causes
    assert (copy.verdict, copy.score, copy.capabilities) == (
        report().verdict,
        report().score,
        report().capabilities,
    )


def test_where_a_profile_came_from_stays_where_it_is_no_folder() -> None:
    for source in ("office", "https://it.example.com/office.toml"):
        copy = redact(report(policy=replace(report().policy, source=source)), Level.SUPPORT)
        assert copy.policy.source == source
    assert redact(report(), Level.SUPPORT).policy.source.startswith("[folder ")


def test_the_note_for_oneself_is_replaced_whole() -> None:
    copy = redact(report(note="ask Tim, he broke it"), Level.SUPPORT)
    assert copy.note == "[note 1]"


def test_level_full_keeps_everything_and_says_so() -> None:
    made = report(note="mine")
    copy = redact(made, Level.FULL)
    assert copy == replace(made, redaction=copy.redaction)
    assert (copy.redaction.level, copy.redaction.replaced) == ("full", {})


def test_a_copy_that_was_redacted_is_never_called_full_again() -> None:
    copy = redact(report(), Level.SUPPORT)
    assert redact(copy, Level.FULL) == copy


def test_the_preview_can_show_a_kind_and_still_hide_the_others() -> None:
    copy = redact(report(), Level.SUPPORT, hide=PERSONAL - {Privacy.WIFI, Privacy.FOLDER})
    assert copy.results[0].facts[0].value == "Schmidts Netz"
    assert copy.environment.home == "/home/[user 1]"
    assert "wi-fi" not in copy.redaction.replaced


def test_the_preview_can_hide_a_kind_at_level_full() -> None:
    copy = redact(report(), Level.FULL, hide=frozenset({Privacy.WIFI}))
    assert copy.results[0].facts[0].value == "[wi-fi 1]"
    assert copy.environment == HOME


def test_the_manifest_counts_the_places_of_each_kind() -> None:
    copy = redact(report(note="n"), Level.SUPPORT)
    assert copy.redaction.level == "support"
    assert copy.redaction.replaced == {
        "address": 1, "computer": 1, "device": 3, "folder": 2, "note": 1, "user": 1, "wi-fi": 1,
    }  # fmt: skip


def test_a_text_that_goes_along_has_the_pseudonyms_of_the_report() -> None:
    redactor = Redactor(report(), Level.SUPPORT)
    before = redactor.report().redaction.replaced["user"]
    assert redactor.text("I am annaschmidt on Schmidts Netz") == "I am [user 1] on [wi-fi 1]"
    assert redactor.replaced["user"] == before + 1


def test_redacting_again_changes_nothing_and_new_names_get_new_numbers() -> None:
    copy = redact(with_text("annaschmidt"), Level.SUPPORT)
    assert redact(copy, Level.SUPPORT) == copy
    later = redact(replace(copy, environment=replace(copy.environment, user="bob")), Level.SUPPORT)
    assert later.environment.user == "[user 2]"
    assert later.redaction.replaced["user"] == copy.redaction.replaced["user"] + 1


def test_pseudonyms_written_by_a_stranger_are_not_reused() -> None:
    base = with_text("[user 7]")
    assert redact(base, Level.SUPPORT).environment.user == "[user 8]"
