from django.contrib import messages
from django.contrib.auth.views import LoginView
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.forms import PhotoForm
from accounts.models import User
from common.access import personal
from common.forms import posted
from common.photos import photo_response


class SignInView(LoginView):
    template_name = "accounts/login.html"
    redirect_authenticated_user = True


@personal
def photo_edit(request):
    """Let people put up their own photo."""
    form = PhotoForm(posted(request), request.FILES or None)
    if form.is_valid():
        request.user.show_photo(form.cleaned_data["photo"])
        messages.success(request, _("Your photo is on file."))
        return redirect("accounts:photo_edit")
    return render(request, "accounts/photo.html", {"form": form}, status=422 if form.errors else 200)


@personal
@require_POST
def photo_remove(request):
    request.user.show_photo(None)
    messages.success(request, _("Your photo is removed."))
    return redirect("accounts:photo_edit")


@personal
@require_GET
def staff_photo(request, pk):
    """Serve the photo of a colleague to those who work in one of the same stores."""
    person = get_object_or_404(User.objects.colleagues_of(request.user), pk=pk)
    if not person.photo:
        raise Http404
    return photo_response(person.photo)
