"""Whether tests notice a single changed number, date, topic or comparison in the rules and in the program that reads them."""
