"""What the checks of video calls are made of: probes, published limits, and verdicts over what was measured."""
