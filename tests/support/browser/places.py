"""The views of the page and their pages, as an address names them."""

import json

from support.reference import ROOT

IDEAS = ("4.1", "4.2", "4.3", "4.4", "4.4.1", "4.2.3", "4.5")  # the pages of the seven ideas, in their order
PLACE_OF = {  # of each panel
    panel["name"]: "/".join(panel[key] for key in ("view", "page") if key in panel)
    for panel in json.loads((ROOT / "web" / "panels.json").read_text(encoding="utf-8"))
}
PLACES = list(dict.fromkeys([*PLACE_OF.values(), *(f"ideas/{page}" for page in IDEAS)]))
PLACES.remove("ideas")  # its pages are those
