"""Tables whose columns carry a type, as those of Parquet."""
