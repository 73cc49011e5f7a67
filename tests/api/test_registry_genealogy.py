"""From a production run to registered cells, and from a cell back to what it was made from, as far as one may read."""

from tests.api.test_objects import Network, network, warm_sandbox

__all__ = ["network", "warm_sandbox"]


def test_the_cells_of_a_run_get_ids_and_tell_what_they_were_made_from(network: Network) -> None:
    run = network.production("north", **{"cell": {"chemistry": "NMC811", "serial": "none of one"}})
    made = network.post("north", "/registry/from-genealogy", {"dataset": run})
    assert [(one["name"], one["new"]) for one in made["items"]] == [("C-1", True), ("C-2", True)]
    again = network.post("north", "/registry/from-genealogy", {"dataset": run})
    assert [one["id"] for one in again["items"]] == [one["id"] for one in made["items"]]
    assert not any(one["new"] for one in again["items"])
    roll = network.post("north", "/registry", {"kind": "lot", "name": "R-1"})["id"]
    cell = made["items"][0]["id"]

    page = network.get("north", f"/registry/{cell}")[1]
    assert page["record"]["cell"]["chemistry"] == "NMC811" and page["record"]["cell"]["serial"] is None
    assert {one["name"] for one in page["made_from"]} == {"R-1", "R-2", "SL-1", "SL-2", "NMC-77", "PVDF-3", "GR-12"}
    assert {one["name"]: one["id"] for one in page["made_from"]}["R-1"] == roll
    found = network.get("north", f"/registry/{roll}")[1]
    assert {(one["name"], one["id"]) for one in found["made_into"]} == {
        (one["name"], one["id"]) for one in made["items"]
    }

    test = network.test("north", "C-1")
    assert [one["dataset"] for one in network.get("north", f"/registry/{cell}")[1]["tests"]] == [test]
    header = network.world.header("north")
    shown = network.client.put(f"/api/v1/registry/{cell}/visibility", json={"visibility": "network"}, headers=header)
    assert shown.status_code == 200
    west = network.get("west", f"/registry/{cell}")[1]
    assert west["name"] == "C-1" and west["made_from"] == west["tests"] == west["datasets"] == []
    network.share("north", run, "west", "tables")
    network.share("north", test, "west", "metadata")
    west = network.get("west", f"/registry/{cell}")[1]
    assert {one["name"]: one["id"] for one in west["made_from"]}["R-1"] is None, "the lot is not shown to them"
    assert [one["dataset"] for one in west["tests"]] == [test]

    for user, dataset, status in (("west", run, 403), ("north", test, 409)):
        sent = {"dataset": dataset}
        answer = network.client.post("/api/v1/registry/from-genealogy", json=sent, headers=network.world.header(user))
        assert answer.status_code == status, answer.text
