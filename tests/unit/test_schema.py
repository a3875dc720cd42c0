"""The published schema, and the documentation made from it."""

import json
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace

from readycheck.export import json as json_export
from readycheck.redact import Level, redact
from readycheck.report.schema import field_tables, report_schema
from tests.unit.sample_reports import report, with_text

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "data" / "report-1.0.json"


def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(report_schema())


def test_the_schema_is_a_schema_with_a_versioned_name() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())
    assert report_schema()["$id"] == "urn:readycheck:report:1.0"
    assert json.loads(json.dumps(report_schema())) == report_schema()


@pytest.mark.parametrize("made", [report(), with_text("x"), redact(report(note="n"), Level.SUPPORT)])
def test_what_is_exported_is_valid(made: object) -> None:
    validator().validate(json.loads(json_export.render(made)))  # type: ignore[arg-type]


def test_the_golden_report_is_valid_still() -> None:
    validator().validate(json.loads(GOLDEN.read_bytes()))


def test_a_field_that_is_not_in_the_schema_is_refused() -> None:
    told = json.loads(json_export.render(report())) | {"weather": "rain"}
    assert not validator().is_valid(told)


def test_a_status_that_does_not_exist_is_refused() -> None:
    told = json.loads(json_export.render(replace(report())))
    told["results"][0]["status"] = "passed"
    assert not validator().is_valid(told)


def test_every_field_says_its_privacy_class() -> None:
    for described in report_schema()["$defs"].values():
        for field in described.get("properties", {}).values():
            assert field["x-privacy"]


def test_the_documentation_lists_the_fields_of_the_model() -> None:
    page = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    begin, end = "<!-- fields: begin -->\n", "<!-- fields: end -->"
    inside = page.partition(begin)[2].partition(end)[0].strip()
    assert inside == field_tables().strip(), (
        "docs/report.md is behind the model: put the output of readycheck.report.schema.field_tables() between its marks"
    )
