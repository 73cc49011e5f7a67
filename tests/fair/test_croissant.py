"""Croissant documents, read by its own library."""

import json
import logging

import mlcroissant
import pytest

from exchange.fair import croissant
from tests.fair.shown import listed, published


def test_a_document_has_no_fault_whatever_of_the_dataset_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    for shown in (published(), published(files=False), listed()):
        with caplog.at_level(logging.WARNING):
            read = mlcroissant.Dataset(jsonld=json.loads(croissant.write(shown)))
        issues = read.metadata.ctx.issues
        assert (issues.errors, issues.warnings) == (set(), set())
    assert not caplog.records
