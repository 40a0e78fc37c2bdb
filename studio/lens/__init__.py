"""The lens of the Tune page: header figures, limit strips, map and concept bars, linked in the browser.

The data travel once, as the bytes that `engine.curation.lens_payload` describes. Everything that changes later travels
through a second, tiny component, so the large bytes are sent once.

The JavaScript is ES modules, each in its own file: `mount.js` is what Streamlit calls, `view.js` a mounted lens,
`rows.js` counts, `strips.js`, `map.js` and `concepts.js` draw, `steps.js` goes back and forth, `orders.js` takes what
Python sends. `modules.py` and `load.js` bring them to the browser.
"""

from studio.lens.component import LensFigure, LensFigures, LensRule, LensState, lens, lens_state

__all__ = ["LensFigure", "LensFigures", "LensRule", "LensState", "lens", "lens_state"]
