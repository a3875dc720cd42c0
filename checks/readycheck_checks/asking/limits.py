"""Planning and failing limits as profiles set them. Refuses a pair that cannot be judged against."""


def require_above(high_name: str, high: float, low_name: str, low: float) -> None:
    """ValueError, with both settings named, where the first is not the higher one."""
    if high <= low:
        raise ValueError(f"{high_name} ({high:g}) must be above {low_name} ({low:g})")
