"""The whole REST API: one router, the viewsets live in each app's ``api.py``."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from complaints.api import ComplaintViewSet
from kpis.api import KpiViewSet

router = DefaultRouter()
router.include_root_view = False
router.register("complaints", ComplaintViewSet, basename="complaint")
router.register("kpis", KpiViewSet, basename="kpi")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[]), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema", permission_classes=[]), name="docs"),
    path("", include(router.urls)),
]
