"""Where do Bindings end that nobody answers? Asks once they were silent; the judgement is in path_verdict.py."""

from readycheck.api import Context
from readycheck.measure.packets import stun
from readycheck_checks.asking.endpoints import endpoint, is_here
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.ending import Ending, Flow
from readycheck_checks.blame.way_out import where_it_ends
from readycheck_checks.calls.path_verdict import Evidence
from readycheck_checks.calls.probes import Reached


async def blocked_at(evidence: Evidence, ctx: Context) -> tuple[Ending, bool]:
    """Where a Binding ends that nobody answers, beside TCP to a host that answered without a proxy; and whether in a VPN."""
    public = [target for target in evidence.controls if target in evidence.unanswered]
    silent = (public or list(evidence.unanswered))[0]
    binding = stun.binding_request(stun.new_transaction_id())
    direct = [
        t for t, r in {**evidence.tcp, **evidence.fallback}.items() if isinstance(r, Reached) and not r.proxy
    ]
    control = Flow("tcp", *_host_port(direct[0])) if direct else None
    tried = [each.where.address for each in evidence.unanswered.values() if each.where.address]
    if tried and all(map(is_here, tried)):
        return Ending(sentence="no router stands between"), False
    ending = await where_it_ends(ctx, Flow("udp", *_host_port(silent), binding), control)
    return ending, await leads_through_tunnel(ctx, *tried)


def _host_port(target: str) -> tuple[str, int]:
    where = endpoint(target)
    return where.host, where.port
