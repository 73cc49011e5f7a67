"""Process: what a worker does with an ingest run, from the raw object to the rows of its build."""

from exchange.process.bench import Bench, Overtaken, Stopped
from exchange.process.perform import perform
from exchange.process.progress import Progress
from exchange.process.read import read_aside
from exchange.process.retry import retry

__all__ = ["Bench", "Overtaken", "Progress", "Stopped", "perform", "read_aside", "retry"]
