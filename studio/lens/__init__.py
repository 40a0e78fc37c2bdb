"""The lens of the Tune page: header figures, limit strips, map and concept bars, linked in the browser.

The data travel once, as the bytes that `engine.curation.whatif.payload` describes:

    uint32 length of the head · JSON head · zeros up to a multiple of 8 ·
    uint16 x[n] · uint16 y[n] · uint16 concept[n] · uint8 area[n] · int8 label[n] · per score uint8[n]

A label is 1 good, 0 bad, -1 none. A score byte 0..254 is a place between low and high, 255 is missing.
The head holds n, scores (key, label, low, high, op and, where known, step, limit, use, if_missing), concepts and areas.
Everything that changes later travels through a second, tiny component, so the large bytes are sent once.
"""

from studio.lens.component import LensRule, LensState, lens, lens_state

__all__ = ["LensRule", "LensState", "lens", "lens_state"]
