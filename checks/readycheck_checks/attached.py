"""The checks camera and microphone: is one attached? By the system's own list: nothing is opened, so no consent is asked for."""

from collections.abc import Awaitable, Callable, Sequence

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Cost,
    NoOptions,
    Owner,
    Privacy,
    Says,
    Status,
    System,
    fact,
    passed,
    unknown,
    warned,
)


def attached(
    kind: str,
    listed: Callable[[System], Awaitable[Sequence[str] | None]],
    *,
    summary: str,
    without: str,
    remedy: str,
) -> Check:
    """The check of a ``kind`` of device, "camera". ``listed``: their names, None where the system does not tell; ``without``: a
    clause, what it means to have none."""
    there = Code(f"device.{kind}", f"A {kind} is there", (Status.PASS,))
    none = Code(f"device.no_{kind}", f"This computer has no {kind}", (Status.WARN,), (Owner.DEVICE,), remedy)
    not_told = Code(
        f"device.{kind}_not_told", f"This computer does not tell whether it has a {kind}", (Status.UNKNOWN,)
    )

    async def run(options: NoOptions, ctx: Context) -> Says:
        names = await listed(ctx.system)
        for name in names or ():
            yield fact(kind, kind.capitalize(), name, Privacy.DEVICE)  # "Anna's iPhone"
        if names is None:
            yield unknown(not_told, not_told.meaning)
        elif names:
            yield passed(there, there.meaning if len(names) == 1 else f"{len(names)} {kind}s are there")
        else:
            yield warned(
                none,
                f"{without}: this computer has no {kind}",
                owner=Owner.DEVICE,
            )

    return Check(
        id=kind,
        title=kind.capitalize(),
        capability=Capability.DEVICE,
        summary=summary,
        run=run,
        weight=0.5,
        timeout=16.0,
        essential=False,
        local=True,
        cost=Cost(bytes=0, seconds=2.0),
        codes=(there, none, not_told),
    )
