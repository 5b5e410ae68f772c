"""The page on which a dated rule is written or changed; every kind of rule has the same."""

from django.contrib import messages
from django.shortcuts import redirect, render

from activity.timeline import history_of


def rule_page(request, form, *, template, back, saved):
    """Save the rule of ``form`` by its verb ``set`` and go ``back`` to the list; until the form is right, show it with what happened to the rule."""
    if form.is_valid():
        form.save(commit=False).set(by=request.user)
        messages.success(request, saved)
        return redirect(back)
    context = {"form": form, "rule": form.instance, "history": history_of(form.instance)}
    return render(request, template, context, status=422 if form.errors else 200)
