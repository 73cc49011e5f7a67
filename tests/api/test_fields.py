"""Fields of a record leave by their class: what is confidential takes level tables, or a tick in the grant."""

from typing import Any

from tests.desk import Desk


def seen(at: Desk, user: str, dataset: str) -> dict[str, Any]:  # Any: JSON
    return dict(at.done(user, "GET", f"/datasets/{dataset}")["metadata"])


def test_a_confidential_field_is_shown_from_level_tables_or_by_a_tick_and_the_world_gets_the_core_alone(
    at: Desk,
) -> None:
    told = {"current_sign": "discharge-positive"}
    id = at.released(reading=told)
    for grantee, level, ticked in (
        ("west", "metadata", False),
        ("south", "metadata", True),
        ("partner", "tables", False),
    ):
        given = {"grantee": grantee, "level": level, "confidential": ticked}
        at.done("north", "POST", f"/datasets/{id}/grants", given)
    at.done(
        "north", "POST", f"/datasets/{id}/grants", {"grantee_kind": "everybody", "grantee": "", "level": "metadata"}
    )
    read = {user: seen(at, user, id) for user in ("north", "west", "south", "partner", "")}
    assert {user: bool(one["reading"].get("current_sign")) for user, one in read.items()} == {
        "north": True,
        "west": False,
        "south": True,
        "partner": True,
        "": False,
    }
    assert read["west"]["time_zone"] == "Europe/Berlin" and read[""]["time_zone"] != "Europe/Berlin"
    assert read[""]["title"] == read["north"]["title"]
