"""Every door of the application, in the order in which the documentation shows them."""

from fastapi import APIRouter

from exchange.api import (
    agreements,
    audits,
    blobs,
    builds,
    comparisons,
    datasets,
    documents,
    objects,
    pages,
    parts,
    rights_holders,
    rules,
    sources,
    system,
    templates,
    uploads,
)

ROUTERS: tuple[APIRouter, ...] = (
    pages.router,
    rules.pages,
    datasets.router,
    uploads.router,
    builds.router,
    parts.router,
    comparisons.router,
    audits.router,
    sources.router,
    rights_holders.router,
    agreements.router,
    documents.router,
    objects.router,
    rules.router,
    templates.router,
    system.router,
    system.public,
    blobs.router,
)
