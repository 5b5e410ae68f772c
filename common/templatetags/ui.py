"""The components of the design system, one tag each; `/styleguide/` shows every one with an example."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lucide.templatetags.lucide import lucide as draw_icon

from common.looks import STATUS_LOOKS, TONE_ICONS, UNKNOWN_LOOK
from common.sparkline import sparkline_points

register = template.Library()
CHOICE_LISTS = (RadioSelect, CheckboxSelectMultiple)

LEVEL_TONES = {"success": "good", "warning": "warn", "error": "danger", "danger": "danger"}
SOON = timedelta(hours=2)


# Words and icons


@register.simple_tag
def icon(name, title=""):
    """Draw a Lucide icon; without a title it is decoration and silent."""
    return drawn(str(name), str(title))


@lru_cache(maxsize=512)
def drawn(name, title):
    words = {"role": "img", "aria-label": title} if title else {"aria-hidden": "true"}
    return draw_icon(name, size=None, **{"class": "icon"}, **words)


@register.simple_tag
def tag(text, tone="neutral", icon_name=""):
    """Show a word with its icon and tone."""
    return format_html('<span class="tag tone-{}">{}{}</span>', tone, icon(icon_name or TONE_ICONS[tone]), text)


@register.simple_tag
def badge(subject, field="status"):
    """Show the state of an object: icon, word and colour together."""
    tone, icon_name = look_of(subject, field)
    return tag(getattr(subject, f"get_{field}_display")(), tone, icon_name)


def look_of(subject, field="status"):
    slug, model = getattr(subject, field), type(subject).__name__.lower()
    return STATUS_LOOKS.get(f"{model}.{slug}") or STATUS_LOOKS.get(slug, UNKNOWN_LOOK)


@register.simple_tag
def kbd(key):
    """Show a key beside the button or link whose ``data-key`` it is."""
    return format_html('<kbd class="wide-only" aria-hidden="true">{}</kbd>', key)


@register.simple_tag(takes_context=True)
def repeat_block(context, name):
    """Show a block of the page a second time: the title is also the heading."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context)


# Dates and times


@register.filter
def moment(value):
    """Show date and time briefly; the year only where it is not this one."""
    if not isinstance(value, datetime):
        return ""
    local = timezone.localtime(value)
    form = "%m-%d %H:%M" if local.year == timezone.localtime().year else "%Y-%m-%d %H:%M"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), local.strftime(form))


@register.filter
def day(value):
    """Show a date as 2026-10-12, of a date or of a moment in local time."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return format_html('<time datetime="{0}">{0}</time>', value.isoformat()) if isinstance(value, date) else ""


@register.inclusion_tag("components/deadline.html")
def deadline(due_at, done_at=None, explanation="", now=None):
    """Tell how a deadline stands: words, moment and, folded away, how it was counted."""
    tone, icon_name, words = deadline_words(due_at, done_at, now or timezone.now())
    lines = [explanation] if isinstance(explanation, str) else explanation
    return {"due_at": due_at, "tone": tone, "icon_name": icon_name, "words": words, "explanation": [line for line in lines or () if line]}


def deadline_words(due_at, done_at, now):
    if due_at is None:
        return "neutral", "minus", _("No deadline")
    if done_at and done_at <= due_at:
        return "good", "circle-check", _("In time")
    if done_at:
        return "warn", "triangle-alert", _("%(time)s late") % {"time": span(due_at, done_at)}
    if due_at < now:
        return "danger", "alarm-clock", _("%(time)s overdue") % {"time": span(due_at, now)}
    return ("warn" if due_at - now <= SOON else "neutral"), "clock", _("%(time)s left") % {"time": span(now, due_at)}


def span(start, end):
    """Return a length of time in the largest unit that still says enough: 45 minutes, 26 hours, 3 days."""
    minutes = int((end - start).total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


# Numbers


@register.inclusion_tag("components/kpi_tile.html")
def kpi_tile(tile):
    """Show one indicator: value, target, gap, n, interval, trend and the link to the rows behind.

    ``tile`` (object or dict): label, value, unit, target, gap, n, interval (low, high), reached (True, False, None), is_small,
    trend (numbers, None breaks the line), url. Everything but the label may be missing.
    """
    names = ("label", "value", "unit", "target", "gap", "n", "interval", "reached", "is_small", "trend", "url")
    facts = {name: tile.get(name) if isinstance(tile, dict) else getattr(tile, name, None) for name in names}
    return facts | {"state": kpi_state(facts)}


def kpi_state(facts):
    """Return the tag of a tile; only a reached target on enough answers may be green."""
    if facts["value"] is None:
        return tag(_("No data yet"), "neutral", "minus")
    if facts["is_small"]:
        return tag(_("Small sample"), "neutral", "circle-dashed")
    if facts["target"] is None or facts["reached"] is None:
        return tag(_("No target"), "neutral", "minus")
    return tag(_("On target"), "good", "circle-check") if facts["reached"] else tag(_("Target missed"), "warn", "circle-alert")


@register.filter
def figure(value):
    """Show a number with grouped thousands, floats with one decimal; text passes, nothing is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


@register.filter
def signed(value):
    """Show a gap with its sign, the minus as a real minus."""
    if value is None or isinstance(value, str):
        return figure(value)
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return sign + figure(abs(value))


@register.inclusion_tag("components/sparkline.html")
def sparkline(values, target=None):
    """Draw a small line of numbers; a gap in the numbers is a gap in the line."""
    return sparkline_points(values or [], target)


@register.inclusion_tag("components/stat.html")
def stat(label, value, url="", icon_name="", tone="neutral"):
    """Show a count that leads to its rows; a count of nothing is never alarming."""
    return {"label": label, "value": value, "url": url, "icon_name": icon_name, "tone": tone if value else "neutral"}


@register.inclusion_tag("components/chart.html")
def chart(chart_id, data):
    """Draw ``data`` as a chart with a table twin.

    ``data``: title, type (line or bar), labels, series [{name, values}], and where wanted target, unit, caption, axis,
    band (a shaded interval [low, high] per label) and extra (columns of the table alone, like series).
    """
    columns = [*data["series"], *data.get("extra", [])]
    rows = [(label, [one["values"][index] for one in columns]) for index, label in enumerate(data["labels"])]
    return {"chart_id": chart_id, "data": data, "columns": columns, "rows": rows}


# Forms


@register.inclusion_tag("components/field.html")
def field(bound):
    """Show a form field: label, control, help and error tied together for screen readers."""
    widget = bound.field.widget
    kinds = {"is_check": isinstance(widget, CheckboxInput), "is_choices": isinstance(widget, CHOICE_LISTS), "is_file": isinstance(widget, FileInput)}
    kinds["is_answered"] = "hx-target" in widget.attrs
    return {"field": bound, "control": bound.as_widget(attrs={"class": control_class(bound)})} | kinds


def control_class(bound):
    """Return the look of the control: the one its widget asks for, that of its kind, and whether it is wrong."""
    widget = bound.field.widget
    if isinstance(widget, CHOICE_LISTS):
        return widget.attrs.get("class", "")
    style = "form-check-input" if isinstance(widget, CheckboxInput) else "form-select" if isinstance(widget, Select) else "form-control"
    return " ".join(filter(None, [widget.attrs.get("class", ""), style, "is-invalid" if bound.errors else ""]))


@register.inclusion_tag("components/cell_field.html")
def cell_field(bound):
    """Show a form field inside a table, where the head of the column is its label."""
    return {"field": bound, "control": bound.as_widget(attrs={"class": control_class(bound), "aria-label": bound.label})}


@register.inclusion_tag("components/fields.html")
def fields(form):
    """Show the errors of the whole form, its hidden fields and every visible field."""
    return {"form": form}


@register.inclusion_tag("components/filter_form.html", takes_context=True)
def filter_form(context, filterset, legend=""):
    """Show the filters of a list as one GET form; on a phone it folds away."""
    form = filterset.form
    active = sum(1 for name in form.fields if any(form.data.getlist(form.add_prefix(name)))) if form.is_bound and hasattr(form.data, "getlist") else 0
    return {"form": form, "active": active, "legend": legend, "path": context["request"].path}


@register.inclusion_tag("components/save_for_all.html", takes_context=True)
def save_for_all(context, permission):
    """Show the button that saves what all stores share; to who answers for some of them only, why there is none."""
    return {"is_allowed": context["user"].covers_all(permission)}


@register.filter
def covers_all(user, permission):
    return user.covers_all(permission)


# Lists and pages


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context, page_obj):
    """Lead through the pages of a list and keep its filters in the address."""
    query = context["request"].GET.copy()

    def address(number):
        query["page"] = number
        return f"?{query.urlencode()}"

    paginator = page_obj.paginator
    numbers = paginator.get_elided_page_range(page_obj.number, on_each_side=2, on_ends=1)
    pages = [(number, address(number) if isinstance(number, int) and number != page_obj.number else "", is_far(number, page_obj.number)) for number in numbers]
    return {
        "page_obj": page_obj,
        "pages": pages if paginator.num_pages > 1 else [],
        "previous": address(page_obj.number - 1) if page_obj.has_previous() else "",
        "next": address(page_obj.number + 1) if page_obj.has_next() else "",
    }


def is_far(number, current):
    return not isinstance(number, int) or abs(number - current) > 1


@register.inclusion_tag("components/tabs.html", takes_context=True)
def tabs(context, items, label=""):
    """Show ``items`` of (label, url) or (label, url, count) as tabs; the address tells which one is open."""
    here = context["request"].get_full_path()
    shown = [{"label": text, "url": url, "count": count[0] if count else None} for text, url, *count in items]
    current = next((tab for tab in shown if tab["url"] == here), None) or next((tab for tab in shown if tab["url"] == context["request"].path), None)
    return {"tabs": shown, "current": current, "label": label}


@register.inclusion_tag("components/empty.html")
def empty(title, text="", url="", label="", icon_name="inbox"):
    """Say that there is nothing, why, and what one can do."""
    return {"title": title, "text": text, "url": url, "label": label, "icon_name": icon_name}


@register.inclusion_tag("components/confirm.html")
def confirm(url, label, question, tone="danger"):
    """Ask once more before a verb: a button that opens the question and the form, without JavaScript too."""
    return {"url": url, "label": label, "question": question, "tone": tone}


@register.inclusion_tag("components/toast.html")
def notice(text, level="info", is_closable=False):
    """Show a message of one level (success, info, warning, error)."""
    tone = LEVEL_TONES.get(str(level).split()[-1] if level else "", "info")
    return {"text": text, "tone": tone, "icon_name": TONE_ICONS[tone], "is_closable": is_closable}


@register.inclusion_tag("components/timeline.html")
def timeline(events):
    """Show what happened, newest first; each sentence is ``templates/activity/<code>.html``."""
    return {"entries": [(event, worded(event)) for event in events]}


def worded(event):
    return SafeString(render_to_string(event.template_names, {"event": event, "particulars": event.particulars}))
