"""Settings, addresses and the command line: what ties the parts into one product."""
