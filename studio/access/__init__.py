"""Who may come in: addresses and origins, the people of a shared studio, the door in front of every page."""
