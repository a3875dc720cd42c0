"""Is there a camera? Asks the system for its list; opens no camera, so no light comes on and no consent is asked for."""

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
    cameras = await ctx.system.cameras()
    for name in cameras or ():
        yield fact("camera", "Camera", name, Privacy.DEVICE)  # "Anna's iPhone"
    if cameras is None:
        yield unknown("device.camera_not_told", "This computer does not tell whether it has a camera")
    elif cameras:
        yield passed(
            "device.camera", "A camera is there" if len(cameras) == 1 else f"{len(cameras)} cameras are there"
        )
    else:
        yield warned(
            "device.no_camera",
            "Nobody will see you: this computer has no camera",
            remedy="Plug in a camera, or join video calls from a phone",
            owner=Owner.DEVICE,
        )


check = Check(
    id="camera",
    title="Camera",
    capability=Capability.DEVICE,
    summary="Whether there is a camera (it is not switched on)",
    run=run,
    weight=0.5,
    timeout=16.0,
    essential=False,
    local=True,
    cost=Cost(bytes=0, seconds=2.0),
    codes=(
        Code("device.camera", "A camera is there", (Status.PASS,)),
        Code(
            "device.no_camera",
            "This computer has no camera",
            (Status.WARN,),
            (Owner.DEVICE,),
            "Plug in a camera, or join video calls from a phone",
        ),
        Code(
            "device.camera_not_told", "This computer does not tell whether it has a camera", (Status.UNKNOWN,)
        ),
    ),
)
