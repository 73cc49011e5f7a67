"""Upload → ready → a partner has read the table, beside a do-it-yourself script on the same S3 server.

`python -m tests.benchmarks.end_to_end --rows 1000000 --repeat 5` alternates three contestants in one run and prints
the median of each and their ratios. The platform reads back, hashes, checks, segments and records every access; the
scripts (minio client and pandas or polars) put the csv, convert it, put the Parquet file, fetch and read it.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pyarrow.parquet as pq
from minio import Minio

from exchange.demo.bulk import write_bdf_csv
from exchange.demo.client import Person
from exchange.serve import bound
from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.servers import S3Server, seaweed
from tests.test_one_file import RECORD
from tests.worlds import World, network


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=5)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, seaweed(Path(folder) / "s3") as s3:
        csv = Path(folder) / "test.csv"
        write_bdf_csv(csv, given.rows)
        print(f"{given.rows} rows, {csv.stat().st_size / 1e6:.1f} MB, {os.cpu_count()} processors")
        _compete(csv, given.repeat, s3, Path(folder))


def _compete(csv: Path, repeat: int, s3: S3Server, folder: Path) -> None:
    environment = _environment(s3, folder)
    settings = Settings(_env_file=None, **_fields(environment))  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    world = network(services)
    close_services(services)
    port = environment["EXCHANGE_BASE_URL"].rsplit(":", 1)[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "exchange.cli", "serve", "--port", port],
        env=os.environ | environment,
        stderr=(folder / "server.log").open("wb"),
    )
    try:
        base = environment["EXCHANGE_BASE_URL"]
        _until_healthy(base)
        contestants: dict[str, Callable[[], float]] = {
            "platform": lambda: _platform(base, world, _fresh(csv)),
            "pandas script": lambda: _script("pandas", csv, s3, folder),
            "polars script": lambda: _script("polars", csv, s3, folder),
        }
        took: dict[str, list[float]] = {name: [] for name in contestants}
        for turn in range(repeat + 1):
            for name, run in contestants.items():
                seconds = run()
                if turn:  # The first turn warms every contestant's caches.
                    took[name].append(seconds)
        _print(took)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _print(took: dict[str, list[float]]) -> None:
    ours = statistics.median(took["platform"])
    for name, seconds in took.items():
        middle = statistics.median(seconds)
        print(
            f"{name:<15} median {middle:.3f} s  (min {min(seconds):.3f}, max {max(seconds):.3f})  "
            f"platform/this {ours / middle:.2f}"
        )


def _platform(base: str, world: World, csv: Path) -> float:
    line, partner = Person(base, world.tokens["north"]), Person(base, world.tokens["partner"])
    dataset = line.post("/datasets", RECORD)["id"]
    began = time.perf_counter()
    line.upload(dataset, csv, csv.name)
    build = line.wait(dataset, every_s=0.02)
    if build["state"] != "ready":
        raise RuntimeError(f"not ready: {build}")
    line.post(f"/datasets/{dataset}/release", {})
    line.post(f"/datasets/{dataset}/grants", {"grantee": "partner", "level": "tables"})
    link = partner.post(f"/datasets/{dataset}/tables/timeseries/link")
    target = csv.with_name("partner.parquet")
    with httpx.stream("GET", link["url"], timeout=120) as answer, target.open("wb") as file:
        for chunk in answer.iter_bytes(1 << 20):
            file.write(chunk)
    table = pq.read_table(target)
    seconds = time.perf_counter() - began
    if table.num_rows != build["tables"][0]["rows"] and table.num_rows < 1:
        raise RuntimeError("the partner read other rows")
    for person in (line, partner):
        person.close()
    return seconds


def _fresh(csv: Path) -> Path:
    """The same rows under other bytes: an upload that the organisation already holds would be attached, not read."""
    with csv.open("rb+") as file:
        file.seek(-2, os.SEEK_END)
        last = file.read(1)
        file.seek(-2, os.SEEK_END)
        file.write(str((int(last) + 1) % 10).encode())
    return csv


def _script(kind: str, csv: Path, s3: S3Server, folder: Path) -> float:
    client = Minio(s3.endpoint, access_key=s3.access_key, secret_key=s3.secret_key, secure=False)
    began = time.perf_counter()
    client.fput_object(s3.bucket, f"diy/{kind}.csv", str(csv))
    made, read = folder / f"{kind}.parquet", folder / f"{kind}_partner.parquet"
    client.fget_object(s3.bucket, f"diy/{kind}.csv", str(folder / "fetched.csv"))
    if kind == "pandas":
        import pandas

        pandas.read_csv(folder / "fetched.csv").to_parquet(made)
    else:
        import polars

        polars.read_csv(folder / "fetched.csv").write_parquet(made)
    client.fput_object(s3.bucket, f"diy/{kind}.parquet", str(made))
    client.fget_object(s3.bucket, f"diy/{kind}.parquet", str(read))
    rows = len(pandas.read_parquet(read)) if kind == "pandas" else polars.read_parquet(read).height
    if not rows:
        raise RuntimeError("no rows")
    return time.perf_counter() - began


def _environment(s3: S3Server, folder: Path) -> dict[str, str]:
    listening = bound("127.0.0.1", 0)
    port = listening.getsockname()[1]
    listening.close()
    return {
        "EXCHANGE_DATA": str(folder / "data"),
        "EXCHANGE_STORE_URL": s3.url,
        "EXCHANGE_S3_ACCESS_KEY": s3.access_key,
        "EXCHANGE_S3_SECRET_KEY": s3.secret_key,
        "EXCHANGE_BASE_URL": f"http://127.0.0.1:{port}",
    }


def _fields(environment: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("EXCHANGE_").lower(): value for name, value in environment.items()}


def _until_healthy(base: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{base}/api/v1/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the server did not become healthy within 30 s")


if __name__ == "__main__":
    main()
