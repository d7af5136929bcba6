// The script in the page; see first.js. The element with what it needs is the boot script's.
import { begin } from "./first.js";

window.twinlockBegun = begin(document.getElementById("boot").dataset);
