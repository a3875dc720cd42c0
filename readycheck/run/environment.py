"""Where a run takes place, as its report says it. Asks the system once, through its port."""

from readycheck.model import Environment
from readycheck.ports import System


async def environment(system: System) -> Environment:
    """The computer, its system and its clock's zone; what the system does not tell stays empty."""
    import platform

    host = await system.host()
    return Environment(
        system=host.system,
        system_version=host.system_version,
        machine=host.machine,
        python=platform.python_version(),
        computer=host.computer,
        user=host.user,
        home=host.home,
        timezone=host.timezone,
    )
