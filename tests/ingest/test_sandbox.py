"""Untrusted files are read in a child: each limit holds and is told in plain words, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import sandbox
from ingest.limits import GIB, MIB, Limits
from ingest.pipeline import ingest
from schemas.ingested import Ingested
from tests.ingest.test_pipeline import bdf
from tests.ingest.test_validate import CELL, cell
from tests.samples import FILES

HEADER = b"test_time_second,voltage_volt,current_ampere\n"
GENEROUS = Limits(memory_bytes=GIB, output_bytes=GIB, cpu_s=60, wall_s=60)


@pytest.fixture(autouse=True, scope="module")
def ended() -> Iterator[None]:
    yield
    sandbox.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """A file that never gives its first byte."""
    path = tmp_path / "stuck.csv"
    os.mkfifo(path)
    return path


def rules(found: Ingested) -> list[str]:
    return [problem.rule for problem in found.report.problems]


def children(of: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{of}/task/{of}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def server() -> int:
    sandbox.warm()
    process = sandbox._SERVER._process
    assert process is not None
    # Until it has become the server it is a copy of this process, environment included.
    assert soon(lambda: b"ingest.child" in Path(f"/proc/{process.pid}/cmdline").read_bytes())
    return process.pid


def test_a_child_finds_what_the_pipeline_finds(tmp_path: Path, out: Path) -> None:
    path = bdf(tmp_path / "cell.csv", cell())
    told: list[tuple[str, float]] = []
    usage = sandbox.Usage()
    found = sandbox.run(path, "cell.bdf.csv", out, CELL, GENEROUS, lambda *step: told.append(step), usage)
    assert found == ingest(path, "cell.bdf.csv", tmp_path, CELL)
    assert found.tables[0].bytes == (out / "timeseries.parquet").stat().st_size
    assert told[-1] == ("writing", 1.0)
    assert usage.cpu_s > 0 and usage.resident_bytes > 10 * MIB


def test_a_file_with_errors_is_no_accident(tmp_path: Path, out: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"hello")
    assert rules(sandbox.run(tmp_path / "x.csv", "x.csv", out, limits=GENEROUS)) == ["unreadable"]


def test_several_threads_read_at_once(tmp_path: Path) -> None:
    path = bdf(tmp_path / "cell.csv", cell())

    def read(number: int) -> Ingested:
        folder = tmp_path / str(number)
        folder.mkdir()
        return sandbox.run(path, f"cell{number}.bdf.csv", folder, CELL, GENEROUS)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(read, range(12)))
    assert [one.cycles for one in found] == [2] * 12
    assert len({one.tables[0].sha256 for one in found}) == 1


def test_a_small_file_that_unpacks_to_much_ends_at_the_memory_limit(tmp_path: Path, out: Path) -> None:
    column = pa.array(np.zeros(40_000_000))
    names = ["test_time_second", "voltage_volt", "current_ampere"]
    bomb = tmp_path / "bomb.bdf.parquet"
    pq.write_table(
        pa.table([column] * 3, names=names),
        bomb,
        compression="zstd",
        use_dictionary=False,
        row_group_size=len(column),
        data_page_size=GIB,
        max_rows_per_page=len(column),
    )
    assert bomb.stat().st_size < MIB
    found = sandbox.run(bomb, bomb.name, out, limits=Limits(128 * MIB, GIB, 60, 60))
    assert rules(found) == ["limit-memory"]
    assert "128 MB" in found.report.problems[0].message
    assert list(out.iterdir()) == []


def test_a_limit_a_little_above_what_an_allocator_reserves_by_itself_is_enough(out: Path) -> None:
    path = FILES / "digatron.csv"
    found = sandbox.run(path, path.name, out, limits=Limits(GIB + 16 * MIB, GIB, 60, 60))
    assert found.tables and not {"limit-memory", "reading-ended"} & {*rules(found)}


def test_endless_computing_ends_at_the_cpu_limit(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "long.bdf.csv"
    path.write_bytes(HEADER + b"1,2,3\n" * 40_000_000)
    found = sandbox.run(path, path.name, out, limits=Limits(GIB, GIB, cpu_s=1, wall_s=60))
    assert rules(found) == ["limit-cpu"]
    assert "1 s of computing time" in found.report.problems[0].message
    assert list(out.iterdir()) == []


def test_a_huge_output_ends_at_its_limit(tmp_path: Path, out: Path) -> None:
    columns = cell(cycles=400)
    columns["voltage_volt"] = columns["voltage_volt"] + np.random.default_rng(1).normal(0, 1e-3, 306_000)
    found = sandbox.run(
        bdf(tmp_path / "cell.csv", columns), "cell.bdf.csv", out, CELL, Limits(GIB, MIB // 4, cpu_s=60, wall_s=60)
    )
    assert rules(found) == ["limit-output"]
    assert list(out.iterdir()) == []


def test_waiting_ends_at_the_wall_limit_and_leaves_no_child(stuck: Path, out: Path) -> None:
    found = sandbox.run(stuck, "stuck.csv", out, limits=Limits(GIB, GIB, cpu_s=60, wall_s=0.5))
    assert rules(found) == ["limit-wall"]
    assert soon(lambda: not children(server()))


def test_a_killed_child_is_told_and_its_half_written_tables_go(stuck: Path, out: Path) -> None:
    (out / "timeseries.parquet").write_bytes(b"half")
    above = server()

    def kill() -> None:
        assert soon(lambda: bool(children(above)))
        os.kill(children(above)[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    found = sandbox.run(stuck, "stuck.csv", out, limits=GENEROUS)
    killer.join()
    assert rules(found) == ["reading-ended"]
    assert "SIGKILL" in found.report.problems[0].message
    assert list(out.iterdir()) == []


def test_a_killed_server_is_started_again(tmp_path: Path, stuck: Path, out: Path) -> None:
    above = server()
    with ThreadPoolExecutor(1) as side:
        waiting = side.submit(sandbox.run, stuck, "stuck.csv", out, limits=GENEROUS)
        assert soon(lambda: bool(children(above)))
        child = children(above)[0]
        os.kill(above, signal.SIGKILL)
        assert rules(waiting.result()) == ["reading-ended"]
    assert soon(lambda: not alive(child))
    assert sandbox.run(bdf(tmp_path / "cell.csv", cell()), "cell.bdf.csv", out, CELL, GENEROUS).cycles == 2


def test_nothing_goes_on_when_the_asking_process_is_killed(tmp_path: Path, stuck: Path, out: Path) -> None:
    script = f"""
        from pathlib import Path
        from ingest import sandbox
        sandbox.warm()
        print(sandbox._SERVER._process.pid, flush=True)
        sandbox.run(Path({str(stuck)!r}), "stuck.csv", Path({str(out)!r}))
    """
    asking = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    assert asking.stdout is not None
    above = int(asking.stdout.readline())
    assert soon(lambda: bool(children(above)))
    child = children(above)[0]
    asking.kill()
    asking.wait()
    assert soon(lambda: not alive(child) and not alive(above))


def test_the_child_knows_no_secret_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.close()
    monkeypatch.setenv("EXCHANGE_S3_SECRET_KEY", "not for a file to read")
    environment = Path(f"/proc/{server()}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"EXCHANGE" not in environment and b"not for a file" not in environment


def test_the_server_leaves_no_socket_of_one_child_to_another(tmp_path: Path, stuck: Path, out: Path) -> None:
    above = server()
    with ThreadPoolExecutor(2) as side:
        limits = Limits(GIB, GIB, cpu_s=60, wall_s=2)
        waiting = [side.submit(sandbox.run, stuck, "stuck.csv", out, limits=limits) for _ in range(2)]
        assert soon(lambda: len(children(above)) == 2)
        time.sleep(0.1)
        for child in children(above):
            links = [str(one.readlink()) for one in Path(f"/proc/{child}/fd").iterdir()]
            assert sum(link.startswith("socket:") for link in links) == 1
        assert [rules(one.result()) for one in waiting] == [["limit-wall"]] * 2


def test_limits_grow_with_the_file() -> None:
    small, large = Limits.for_size(MIB), Limits.for_size(1000 * MIB, memory_bytes=GIB)
    assert small.cpu_s < large.cpu_s <= 4 * 3600
    assert small.output_bytes < large.output_bytes
    assert large.memory_bytes == GIB
    assert large.wall_s > large.cpu_s


def test_a_fault_of_the_platform_is_told_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = bdf(tmp_path / "cell.csv", cell())
    found = sandbox.run(path, "cell.bdf.csv", tmp_path / "no such folder", CELL, GENEROUS)
    assert rules(found) == ["reading-ended"]
    assert str(tmp_path) not in found.model_dump_json()
    assert "FileNotFoundError" in caplog.text
