"""The published methods and the combined one: the way of one item, from what it is made of to its last verdict."""
