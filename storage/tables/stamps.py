"""When the sharing of datasets last changed what others see."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Row


class StampRow(Row):
    """The last such change of one dataset, for the network and for the world."""

    __tablename__ = "plx_stamp"
    dataset: Mapped[str] = mapped_column(ForeignKey("plx_dataset.id"), primary_key=True)
    world_at: Mapped[datetime | None]
    network_at: Mapped[datetime | None]
