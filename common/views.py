from django.core.paginator import Paginator
from django.shortcuts import render

from common import styleguide


def styleguide_page(request):
    """Show every component of the design system with an example and the code that makes it."""
    paginator = Paginator(range(1, 313), 25)
    context = {
        "looks": styleguide.status_examples(),
        "page_obj": paginator.get_page(request.GET.get("page")),
        "rows": styleguide.ROWS,
        "tiles": styleguide.kpi_tiles(),
        "line": styleguide.line_chart(),
        "bars": styleguide.bar_chart(),
        "form": styleguide.faulty_form(),
        "filter": styleguide.ExampleFilter(request.GET),
        "deadlines": styleguide.deadlines(),
        "events": styleguide.events(),
        "tab_items": styleguide.tab_items(),
        "tones": ["neutral", "info", "accent", "good", "warn", "danger"],
        "icons": styleguide.ICONS,
    }
    return render(request, "common/styleguide.html", context)
