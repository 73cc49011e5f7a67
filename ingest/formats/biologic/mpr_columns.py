"""Run by the environment for .mpr files, never imported here: the columns of a NetCDF file as NumPy files.

`python -I mpr_columns.py FILE.nc FOLDER` writes one `.npy` for each column of numbers, and `columns.json` with their
names, units and the file's own description. It needs h5py and numpy, which that environment has.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np


def main(source: str, folder: str) -> None:
    """Every one-dimensional dataset of numbers; others (texts, single values) are left."""
    out = Path(folder)
    columns: list[dict[str, str]] = []
    with h5py.File(source) as file:
        for name, column in file.items():
            if not isinstance(column, h5py.Dataset) or column.ndim != 1 or column.dtype.kind not in "iuf":
                continue
            number = f"{len(columns)}.npy"
            np.save(out / number, column[:], allow_pickle=False)
            columns.append({"name": name, "unit": str(column.attrs.get("units", "")), "file": number})
        described = str(file.attrs.get("original_metadata", "{}"))
    (out / "columns.json").write_text(json.dumps({"columns": columns, "described": json.loads(described)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
