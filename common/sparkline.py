"""The geometry of the small trend line on indicator tiles."""

WIDTH, HEIGHT, MARGIN = 96, 32, 3


def sparkline_points(values, target=None):
    """Return the unbroken stretches of ``values`` as SVG points, the end point and the height of the target."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return {"stretches": [], "first": None, "last": None}
    low, high = min(known + [target] if target is not None else known), max(known + [target] if target is not None else known)

    def height(value):
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HEIGHT - MARGIN - float(share) * (HEIGHT - 2 * MARGIN), 1)

    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [None if value is None else (round(MARGIN + index * step, 1), height(value)) for index, value in enumerate(values)]
    return {
        "stretches": [" ".join(f"{x},{y}" for x, y in stretch) for stretch in unbroken(points)],
        "end": [str(part) for part in [point for point in points if point][-1]],
        "target_y": str(height(target)) if target is not None else None,
        "first": known[0],
        "last": known[-1],
        "width": WIDTH,
        "height": HEIGHT,
    }


def unbroken(points):
    """Return the runs of points between gaps."""
    stretches = [[]]
    for point in points:
        if point is None:
            stretches.append([])
        else:
            stretches[-1].append(point)
    return [stretch for stretch in stretches if len(stretch) > 1]
