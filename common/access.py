"""Rights of pages: every view names the right it needs, or says that it is public or personal."""

from functools import wraps

from common.errors import NotAllowed


def requires(permission):
    """Refuse people who hold ``permission`` in no store; the row itself is checked by ``for_user`` and the verb."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.may(permission):
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.required_permission = permission
        return guarded

    return decorate


def personal(view):
    """Mark a page that every signed-in person has and that shows only what is the person's own."""
    view.is_personal = True
    return view
