"""How far away the canvas is, and what can be told from there."""

NEAR_ZOOM = 0.6
"""From here on nodes are painted with everything that is on them."""
NAMES_ZOOM = 0.27
"""From here on names can be read."""
CARDS_ZOOM = 0.2
"""From here on nodes are cards with a coloured tile; below they are coloured blocks."""
