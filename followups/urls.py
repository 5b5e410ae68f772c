from django.urls import path

from followups import doubt_views, views
from followups.sampling import views as sampling
from followups.staffing import views as staffing_views

app_name = "followups"
urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/next/", views.next_followup, name="next"),
    path("followups/", views.followup_list, name="list"),
    path("followups/plans/", views.plan_list, name="plan_list"),
    path("followups/plans/new/<slug:trigger>/", views.plan_create, name="plan_create"),
    path("followups/plans/<int:pk>/edit/", views.plan_edit, name="plan_edit"),
    path("followups/reports/", views.report_list, name="report_list"),
    path("followups/reports/<int:pk>/", views.report_detail, name="report_detail"),
    path("followups/doubts/", doubt_views.doubt_list, name="doubt_list"),
    path("followups/doubts/<int:pk>/", doubt_views.doubt_detail, name="doubt_detail"),
    path("followups/doubts/<int:pk>/settle/", doubt_views.doubt_settle, name="doubt_settle"),
    path("followups/evidence-rules/", doubt_views.evidencerule_list, name="evidencerule_list"),
    path("followups/evidence-rules/new/", doubt_views.evidencerule_create, name="evidencerule_create"),
    path("followups/evidence-rules/<int:pk>/edit/", doubt_views.evidencerule_edit, name="evidencerule_edit"),
    path("staffing/", staffing_views.staffing, name="staffing"),
    path("staffing/<slug:store_code>/share/", staffing_views.share, name="share"),
    path("staffing/<slug:store_code>/shifts/", staffing_views.shifts, name="shifts"),
    path("followups/<int:pk>/", views.detail, name="detail"),
    path("followups/<int:pk>/claim/", views.claim, name="claim"),
    path("followups/<int:pk>/renew/", views.renew, name="renew"),
    path("followups/<int:pk>/release/", views.release, name="release"),
    path("followups/<int:pk>/draft/", views.keep_draft, name="keep_draft"),
    path("followups/<int:pk>/log/", views.log, name="log"),
    path("followups/<int:pk>/complain/", views.complain, name="complain"),
    path("followups/<int:pk>/assign/", views.assign, name="assign"),
    path("followups/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("samples/", sampling.sample_list, name="sample_list"),
    path("samples/new/", sampling.sample_create, name="sample_create"),
    path("samples/<int:pk>/", sampling.sample_detail, name="sample_detail"),
    path("samples/<int:pk>/close/", sampling.sample_close, name="sample_close"),
    path("samples/rows/", sampling.sample_row_list, name="sample_row_list"),
    path("samples/rows/<int:pk>/", sampling.sample_row_detail, name="sample_row_detail"),
    path("samples/rows/<int:pk>/report/", sampling.sample_row_report, name="sample_row_report"),
]
