"""The report as JUnit XML for build servers: one test suite a capability, one test case a check.

JUnit knows no warning: WARN is a case that passed, with its text in system-out and its status as a property; what could not be
judged is an error, what was not applicable or on hold is skipped.
"""

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from readycheck.model import CAPABILITY_TITLES, Capability, CheckResult, Finding, Report, Status
from readycheck.show.wording import result_text
from readycheck.text import clean
from readycheck.units import value_text


def render(report: Report) -> bytes:
    """UTF-8 with XML declaration, one newline at the end. Every text is cleaned: XML 1.0 cannot write control characters."""
    root = Element("testsuites", _counts(report.results), name="readycheck")
    for capability in dict.fromkeys(result.capability for result in report.results):
        _suite(root, report, capability)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(root: Element, report: Report, capability: Capability) -> None:
    own = [result for result in report.results if result.capability is capability]
    title = CAPABILITY_TITLES[capability]
    suite = SubElement(root, "testsuite", _counts(own), name=title, timestamp=_safe(report.started))
    about = {"readycheck.capability": str(capability), "readycheck.verdict": str(report.verdict)}
    for verdict in report.capabilities:
        if verdict.id is capability:
            about["readycheck.standing"] = verdict.status
            about["readycheck.required"] = str(verdict.required).lower()
    _properties(suite, about)
    for result in own:
        _case(suite, result)


def _counts(results: Sequence[CheckResult]) -> dict[str, str]:
    statuses = [result.status for result in results]
    return {
        "tests": str(len(statuses)),
        "failures": str(statuses.count(Status.FAIL)),
        "errors": str(statuses.count(Status.UNKNOWN)),
        "skipped": str(statuses.count(Status.SKIP)),
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _case(suite: Element, result: CheckResult) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=f"readycheck.{result.capability}",
        name=_safe(f"{result.check_id} {result.title}"),
        time=f"{result.seconds:.3f}",
    )
    _properties(case, {"readycheck.check_id": result.check_id, "readycheck.status": result.status})
    message = _safe(result_text(result))
    match result.status:
        case Status.FAIL:
            failure = SubElement(case, "failure", message=message, type=_code(result))
            failure.text = _safe(_story(result))
        case Status.UNKNOWN:
            SubElement(case, "error", message=message, type="unknown").text = _safe(_story(result))
        case Status.SKIP:
            SubElement(case, "skipped", message=message)
        case Status.WARN | Status.PASS:
            SubElement(case, "system-out").text = _safe(_story(result))


def _properties(parent: Element, values: dict[str, str]) -> None:
    listed = SubElement(parent, "properties")
    for name, value in values.items():
        SubElement(listed, "property", name=name, value=_safe(value))


def _code(result: CheckResult) -> str:
    codes = [finding.code for finding in result.findings if finding.status is Status.FAIL]
    return _safe(codes[0] if codes else result.check_id)


def _story(result: CheckResult) -> str:
    lines = [line for finding in result.findings for line in _told(finding)]
    lines += [f"{m.title}: {value_text(m)}" for m in result.measurements]
    lines += [result.crash] if result.crash else []
    return "\n".join(lines) or result_text(result)


def _told(finding: Finding) -> list[str]:
    to_do = f"To do: {finding.remedy}" if finding.remedy else ""
    return [line for line in (f"{finding.code}: {finding.summary}", finding.detail, to_do) if line]


def _safe(text: str) -> str:
    return clean(text, 8000, lines=True)
