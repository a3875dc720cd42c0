"""The real world of one assignment: the adapters that its checks are given."""

import ssl
from importlib import import_module

from readycheck.adapters.children import RealChildren
from readycheck.adapters.clock import RealClock
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.secrets import RealSecrets
from readycheck.adapters.tls import verifying_context
from readycheck.adapters.ways import Ways
from readycheck.api import PAC_SERVER, Context, Meter
from readycheck.ports import System
from readycheck.profile import Profile
from readycheck.run.plan import Plan, PlannedCheck


class Outside:
    """Adapters that all checks share, and a Net and Http of their own for each."""

    def __init__(
        self, profile: Profile, plan: Plan, secrets: RealSecrets, *, children: RealChildren, system: System
    ) -> None:
        self._profile, self._plan, self._secrets = profile, plan, secrets
        self._children, self._system, self._clock = children, system, RealClock()
        self._tls: ssl.SSLContext | None = None
        self._ways: Ways | None = None

    def prepare(self) -> None:
        """Load what checks use before their clocks run: an import in the middle of a lookup would be measured as a slow line."""
        if all(planned.check.local for planned in self._plan.running):
            return
        import_module("httpx")
        import_module("dns.asyncresolver")
        import_module("cryptography.x509")
        self._tls = verifying_context(self._profile.run.ca_file)
        self._ways = None if self._profile.run.simulated else self._ways_of_this_run()

    def _ways_of_this_run(self) -> Ways:
        """Nothing is asked before a check wants to know."""
        meter = Meter()
        net = self._net(meter)
        running = self._plan.running
        return Ways(
            system=self._system,
            net=net,
            http=RealHttp(net, meter),
            children=self._children,
            meter=meter,
            hosts=tuple(host for planned in running if planned.sends for host in planned.names),
            quick=self._plan.quick,
            answered_for=any(PAC_SERVER in planned.cost.unnamed for planned in running),
        )

    def _net(self, meter: Meter) -> RealNet:
        own = self._profile.run
        return RealNet(meter, resolver=own.resolver, context=self._tls, ca_file=own.ca_file)

    def context(self, planned: PlannedCheck, meter: Meter) -> Context:
        net = self._net(meter)
        return Context(
            net=net,
            http=RealHttp(net, meter, self._ways),
            system=self._system,
            clock=self._clock,
            children=self._children,
            secrets=self._secrets,
            meter=meter,
            contact=self._plan.contact,
            quick=planned.quick,
            offline=self._plan.offline,
            resolver=self._profile.run.resolver,
        )
