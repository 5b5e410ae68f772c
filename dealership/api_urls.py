"""The whole REST API: one router, the viewsets live in each app's ``api.py``."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from complaints.api import ComplaintViewSet
from customers.api import CustomerViewSet, VehicleViewSet
from customers.quality.api import QualityViewSet
from followups.api import FollowUpViewSet
from followups.doubt_api import DoubtViewSet
from followups.sampling.api import SampleRowViewSet, SampleViewSet
from gatherings.api import GatheringViewSet
from kpis.api import KpiViewSet
from leads.api import LeadViewSet
from messaging.api import MessageViewSet, ReplyViewSet
from surveys.api import ChecklistViewSet, MysteryShopViewSet, QuestionnaireViewSet, ResponseViewSet
from transfers.api import ImportViewSet
from transfers.export_api import ExportViewSet
from visits.advice.api import AdvisedWorkViewSet
from visits.api import AppointmentViewSet, VisitViewSet
from visits.deliveries.api import DeliveryViewSet
from visits.guarantees.api import GuaranteeRepairViewSet, GuaranteeViewSet
from visits.promises.api import PromiseViewSet

router = DefaultRouter()
router.include_root_view = False
router.register("customers", CustomerViewSet, basename="customer")
router.register("vehicles", VehicleViewSet, basename="vehicle")
router.register("data-quality", QualityViewSet, basename="data-quality")
router.register("imports", ImportViewSet, basename="import")
router.register("exports", ExportViewSet, basename="export")
router.register("visits", VisitViewSet, basename="visit")
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("appointments", AppointmentViewSet, basename="appointment")
router.register("advised-work", AdvisedWorkViewSet, basename="advised-work")
router.register("promises", PromiseViewSet, basename="promise")
router.register("warranty-watch", GuaranteeViewSet, basename="guarantee")
router.register("guarantee-repairs", GuaranteeRepairViewSet, basename="guarantee-repair")
router.register("followups", FollowUpViewSet, basename="followup")
router.register("samples", SampleViewSet, basename="sample")
router.register("sample-rows", SampleRowViewSet, basename="sample-row")
router.register("doubtful-calls", DoubtViewSet, basename="doubt")
router.register("complaints", ComplaintViewSet, basename="complaint")
router.register("leads", LeadViewSet, basename="lead")
router.register("gatherings", GatheringViewSet, basename="gathering")
router.register("messages", MessageViewSet, basename="message")
router.register("replies", ReplyViewSet, basename="reply")
router.register("kpis", KpiViewSet, basename="kpi")
router.register("questionnaires", QuestionnaireViewSet, basename="questionnaire")
router.register("responses", ResponseViewSet, basename="response")
router.register("checklists", ChecklistViewSet, basename="checklist")
router.register("mystery-shops", MysteryShopViewSet, basename="mystery-shop")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[]), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema", permission_classes=[]), name="docs"),
    path("", include(router.urls)),
]
