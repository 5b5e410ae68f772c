from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from common import styleguide
from common.access import personal


@personal
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


@never_cache
@login_not_required
def healthz(request):
    """Tell that the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@login_not_required
def readyz(request):
    """Tell whether the database can be reached and has every migration; nothing more, as anybody may ask."""
    return HttpResponse("ok", content_type="text/plain") if is_ready() else HttpResponse("not ok", content_type="text/plain", status=503)


def is_ready():
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return False
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
