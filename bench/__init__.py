"""The benchmarks of the README: `make bench`. Nothing that the blog or its tests need."""
