def apply_changes(row, changes):
    """Set on ``row`` what differs and return the names of it, sorted."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    return changed
