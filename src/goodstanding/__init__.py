"""Good Standing: ethics continuing education for mental-health providers, and what each license still owes."""
