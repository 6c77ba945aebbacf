/**
 * The page: reads its address, waits for the first touch, and lets the kiosk begin.
 * Imports everything else here.
 */

import { exposeProbe } from "../talk/probe.js";
import { find } from "../talk/dom.js";
import { readConfig } from "./config.js";
import { Kiosk } from "./kiosk.js";
import { fillScreen, hideCursor, lockGestures, stayAwake } from "./screen.js";
import { wasStarted } from "./upkeep.js";

const config = readConfig(location, navigator.language);
const kiosk = new Kiosk(config);
if (config.probe) exposeProbe(kiosk.session);

const start = find("setup-start", HTMLButtonElement);
if (config.autostart || wasStarted()) begin();
else start.addEventListener("click", begin, { once: true });

document.addEventListener("click", () => {
  if (config.fullscreen && document.body.dataset.phase !== "setup") fillScreen();
  kiosk.touch();
});
document.addEventListener("keydown", ({ key }) => {
  // Enter and Space click the button that has the focus
  if (key.length === 1 && key !== " ") kiosk.touch();
});

function begin() {
  lockGestures();
  hideCursor();
  stayAwake();
  kiosk.begin();
}
