def apply_changes(row, changes):
    """Set on ``row`` what differs and return the names of it, sorted."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes[name])
    return changed


def told_changes(row, changes):
    """Return the names of what differs for the timeline, sorted; an own field is named ``custom.<code>``."""
    names = {name for name, value in changes.items() if name != "custom" and getattr(row, name) != value}
    before, after = row.custom, changes.get("custom", row.custom)
    return sorted(names | {f"custom.{code}" for code in {*before, *after} if before.get(code) != after.get(code)})
