"""Writing to staff about a course. No account is needed: who can not use the site as it is must be able to say so."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from goodstanding.accounts.selectors import get_holder
from goodstanding.catalog.errors import CourseNotFoundError
from goodstanding.catalog.selectors import get_course, get_sponsor
from goodstanding.flows.requests import KINDS, LONGEST_REQUEST, RequestNotKeptError, send_request
from goodstanding.web.forms import LookForm
from goodstanding.web.limits import Limit, limited

_LIMIT = Limit("contact", times=10, seconds=3600)


class ContactForm(LookForm):
    kind = forms.ChoiceField(
        label="What is it about?",
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it is about."},
    )
    text = forms.CharField(
        label="Your message",
        max_length=LONGEST_REQUEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Say what you need or what went wrong, and where. Write no details of clients.",
        error_messages={"required": "Write your message."},
    )
    reply_to = forms.EmailField(
        label="Your e-mail address",
        help_text="The answer goes there.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Write the address that the answer should go to."},
    )
    # Made with the page, so that a message sent twice arrives once.
    request_id = forms.UUIDField(widget=forms.HiddenInput)


@limited(_LIMIT, method="POST")
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        course = get_course(slug)
    except CourseNotFoundError as missing:
        raise Http404 from missing
    known = request.user.email if request.user.is_authenticated else ""
    first = {"reply_to": known, "kind": request.GET.get("about", ""), "request_id": uuid.uuid4()}
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm(initial=first)
    if request.method == "POST" and form.is_valid():
        holder = get_holder(request.user) if request.user.is_authenticated else None
        try:
            send_request(**form.cleaned_data, slug=slug, holder=holder, at=timezone.now())
        except RequestNotKeptError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Your message has reached staff. The answer goes to the address you gave.")
            return redirect("course-contact", slug=slug)
    return render(
        request, "public/contact.html", {"course": course, "content": course.content, "form": form, "sponsor": get_sponsor()}
    )


urlpatterns: list[URLPattern] = [path("courses/<slug:slug>/contact/", contact, name="course-contact")]
