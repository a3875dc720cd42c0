"""The verdict about the records of a name: what was said here, beside what name servers of others said. Pure; asks nobody."""

import ipaddress
from dataclasses import dataclass

from readycheck.api import Blame, Confidence, Finding, Owner, clean, passed, unknown
from readycheck_checks.blame.owners import between
from readycheck_checks.declared.answers import Answer, Said, lacking, surplus
from readycheck_checks.declared.options import Declared
from readycheck_checks.declared.telling import missed

CODE = "declared.name"


@dataclass(frozen=True, kw_only=True)
class WantedRecords:
    """What the profile expects of a name. ``server``: the one it names to be asked, empty: those of this computer;
    ``inside``: the name may be known inside the company only."""

    name: str
    kind: str
    expected: tuple[str, ...] = ()
    only: bool = False
    server: str = ""
    inside: bool = False

    @property
    def leads_inside(self) -> bool:
        """A private address is expected, which leads nowhere outside the network that has it."""
        return self.kind in ("A", "AAAA") and any(_is_private_address(each) for each in self.expected)

    def fault(self, answer: Answer) -> tuple[str, str]:
        """Code and clause of what is not as expected; two empty texts where all is. Of an answer that was cut only what it holds
        counts: "_cut" where the rest may hold what it lacks."""
        what = f"{self.kind} of {self.name}"
        match answer.said:
            case Said.UNKNOWN_NAME:
                return "_unknown", f"the name {self.name} does not exist"
            case Said.NONE:
                return "_empty", f"{self.name} has no record of the kind {self.kind}"
            case Said.REFUSES | Said.FAILING | Said.ODD:
                return "_refused", f"the name server {answer.said} for {self.name}"
        if answer.said is Said.CUT:
            return self._cut(answer)
        missing = lacking(self.kind, self.expected, answer.values)
        others = surplus(self.kind, self.expected, answer.values) if self.only else ()
        if missing or others:
            shown = ", ".join(answer.values[:5])
            return "_differs", f"{what} is {shown}, and {', '.join(self.expected)} is expected"
        return "", ""

    def _cut(self, answer: Answer) -> tuple[str, str]:
        whole = Answer(said=Said.RECORDS, values=answer.values)
        if answer.values and not self.only and not self.fault(whole)[0]:
            return "", ""
        return "_cut", f"{self.name} has more records of the kind {self.kind} than could be read"


@dataclass(frozen=True, kw_only=True)
class Near:
    """Looked at where others have what is missed here: ``told``: by this computer's name servers, asked directly, where lookups
    went the system's own way; ``parties``: whose these name servers may be."""

    told: Answer | None = None
    parties: tuple[Owner, ...] = (Owner.HOME, Owner.ISP, Owner.DEVICE)


def judge_records(
    options: Declared,
    wanted: WantedRecords,
    answer: Answer | None,
    others: tuple[Answer, ...],
    near: Near | None = None,
) -> Finding:
    """``answer``: None where nobody answered. ``others``: what name servers of others said to the same question, asked after a
    failure only; those that were silent are left out."""
    if answer is None:
        return _silent(options, wanted, others)
    kind, clause = wanted.fault(answer)
    if kind == "_cut":
        return unknown(f"{CODE}_cut", f"Whether {options.title} works could not be told: {clause}")
    if not kind:
        shown = clean(", ".join(answer.values[:5]), 200)
        return passed(CODE, f"{wanted.name} has the {wanted.kind} records that are expected: {shown}")
    blame = whose_fault(options.far, wanted, others, near)
    return missed(options, CODE + kind, clause, blame, detail=_detail(wanted, others))


def are_good(wanted: WantedRecords, others: tuple[Answer, ...]) -> bool:
    """Whether name servers of others tell what is expected."""
    return any(not wanted.fault(other)[0] for other in others)


def whose_fault(
    far: Owner, wanted: WantedRecords, others: tuple[Answer, ...], near: Near | None = None
) -> Blame:
    """Records that others find as expected are kept back near here: by this computer itself (its list of hosts, its search
    domains) where its name servers do tell them. What others miss too, the far side lacks; but what leads into a private network
    is often told inside it only, whatever the profile says of the name."""
    line = (Owner.HOME, Owner.ISP)
    if wanted.server and _is_private(wanted.server):
        return Blame(far, confidence=Confidence.MEDIUM)
    if wanted.inside:
        return between(Owner.DEVICE, far, Owner.COMPANY)
    good = are_good(wanted, others)
    alike = [other for other in others if wanted.fault(other)[0] and other.said not in (Said.ODD, Said.CUT)]
    if good and not wanted.server:
        return _kept_back(wanted, near or Near())
    if not good and wanted.leads_inside:
        return between(Owner.DEVICE, far, Owner.COMPANY)
    if good or not alike:
        return between(far, *line)
    return Blame(far, confidence=Confidence.HIGH if len(alike) > 1 else Confidence.MEDIUM)


def _kept_back(wanted: WantedRecords, near: Near) -> Blame:
    if near.told is not None and not wanted.fault(near.told)[0]:
        return Blame(Owner.DEVICE, confidence=Confidence.MEDIUM)
    return between(*near.parties, confidence=Confidence.MEDIUM)


def _silent(options: Declared, wanted: WantedRecords, others: tuple[Answer, ...]) -> Finding:
    if wanted.server and others:
        far = options.far
        near = (Owner.DEVICE,) if _is_private(wanted.server) else (Owner.HOME, Owner.ISP)
        how = f"the name server {wanted.server} does not answer, while others do"
        blame = between(far, *near)
        return missed(options, f"{CODE}_silent", how, blame, detail=_detail(wanted, others))
    who = f"neither the name server {wanted.server} nor any other" if wanted.server else "no name server"
    return unknown(
        f"{CODE}_unproved",
        f"Whether {options.title} works could not be told: {who} answered",
    )


def _is_private(server: str) -> bool:
    """No name server on the way answers in the place of one with a private address but the network that has it."""
    return _is_private_address(server.rpartition(":")[0].strip("[]"))


def _is_private_address(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_private
    except ValueError:
        return False


def _detail(wanted: WantedRecords, others: tuple[Answer, ...]) -> str:
    if wanted.inside:
        return f"{len(others)} name servers of others answer; they were not asked for it" if others else ""
    told = "; ".join(
        f"another name server {other.said}: {', '.join(other.values[:3])}".rstrip(": ")
        for other in others[:4]
    )
    return told or "no name server of others answered"
