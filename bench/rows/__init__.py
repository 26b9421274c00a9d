"""One file for each group of rows: what is measured together, because it shares its servers."""
