"""Certificates and their PDFs."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_GET, require_safe

from goodstanding.core.certificates import NumberError, parse_number
from goodstanding.credit.errors import CertificateNotFoundError
from goodstanding.credit.selectors import access_certificate, list_certificates, record_of
from goodstanding.web.learner.person import holder_of, user_of

_PAGE = 50


@login_required
@require_GET
def certificate_list(request: HttpRequest) -> HttpResponse:
    certificates = Paginator(list_certificates(holder=holder_of(request)), _PAGE)
    page = certificates.get_page(request.GET.get("page"))
    rows = [
        {
            "certificate": certificate,
            "record": record_of(certificate),
            "revocation": getattr(certificate, "revocation", None),
            "link": f"{settings.PUBLIC_URL}{reverse('verify-certificate', args=[certificate.number])}",
        }
        for certificate in page
    ]
    return render(request, "learner/certificate_list.html", {"rows": rows, "page_obj": page})


@login_required
@require_safe
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The file as it was issued, for its owner and for administrators; for everyone else there is none."""
    try:
        certificate = access_certificate(user=user_of(request), number=parse_number(number))
    except (NumberError, CertificateNotFoundError) as error:
        raise Http404 from error

    @condition(etag_func=lambda _: quote_etag(certificate.pdf_sha256))
    def send(_: HttpRequest) -> HttpResponse:
        return HttpResponse(
            bytes(certificate.pdf),
            content_type="application/pdf",
            # The number is made of digits, letters and dashes: a name that is safe everywhere, and says nothing of the holder.
            headers={"Content-Disposition": f'attachment; filename="certificate-{certificate.number}.pdf"'},
        )

    response = send(request)
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("certificates/", certificate_list, name="certificate-list"),
    path("certificates/<str:number>.pdf", certificate_pdf, name="certificate-pdf"),
]
