"""Planning and failing limits as profiles set them. Refuses a pair that cannot be judged against."""


def require_above(**pairs: tuple[float, float]) -> None:
    """Each keyword ``plan_x_above_fail_x=(high, low)`` names two settings; ValueError where the first is not the higher one."""
    for names, (high, low) in pairs.items():
        if high <= low:
            higher, _, lower = names.partition("_above_")
            raise ValueError(f"{higher} ({high:g}) must be above {lower} ({low:g})")
