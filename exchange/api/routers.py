"""Every door of the application, in the order in which the documentation shows them."""

from fastapi import APIRouter

from exchange.api import blobs, builds, comparisons, datasets, pages, system, uploads

ROUTERS: tuple[APIRouter, ...] = (
    pages.router,
    datasets.router,
    uploads.router,
    builds.router,
    comparisons.router,
    system.router,
    system.public,
    blobs.router,
)
