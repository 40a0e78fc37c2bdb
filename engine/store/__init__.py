"""The DuckDB store: append-only tables, views over them, ingest of journals."""
