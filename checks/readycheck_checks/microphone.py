"""Is there a microphone? Asks the system for its list; listens to nothing, so no consent is asked for."""

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
    fact,
    passed,
    unknown,
    warned,
)


async def run(options: NoOptions, ctx: Context) -> Says:
    inputs = await ctx.system.microphones()
    for name in inputs or ():
        yield fact("microphone", "Microphone", name, Privacy.DEVICE)  # "Anna's AirPods"
    if inputs is None:
        yield unknown("device.microphone_not_told", "This computer does not tell whether it has a microphone")
    elif inputs:
        yield passed(
            "device.microphone",
            "A microphone is there" if len(inputs) == 1 else f"{len(inputs)} microphones are there",
        )
    else:
        yield warned(
            "device.no_microphone",
            "Nobody will hear you: this computer has no microphone",
            remedy="Plug in a headset, or join calls by phone",
            owner=Owner.DEVICE,
        )


check = Check(
    id="microphone",
    title="Microphone",
    capability=Capability.DEVICE,
    summary="Whether there is a microphone (nothing is recorded)",
    run=run,
    weight=0.5,
    timeout=16.0,
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=2.0),
    codes=(
        Code("device.microphone", "A microphone is there", (Status.PASS,)),
        Code(
            "device.no_microphone",
            "This computer has no microphone",
            (Status.WARN,),
            (Owner.DEVICE,),
            "Plug in a headset, or join calls by phone",
        ),
        Code(
            "device.microphone_not_told",
            "This computer does not tell whether it has a microphone",
            (Status.UNKNOWN,),
        ),
    ),
)
