"""Every door of the application, in the order in which the documentation shows them."""

from fastapi import APIRouter

from exchange.api import (
    audits,
    blobs,
    builds,
    comparisons,
    datasets,
    objects,
    pages,
    parts,
    rules,
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
    objects.router,
    rules.router,
    templates.router,
    system.router,
    system.public,
    blobs.router,
)
