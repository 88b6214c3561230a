"""One file that holds everything an installation would miss: what it is made of, how it is made, how it is brought back."""
