/**
 * The camera that moves the face on the stage. Where the server offers it, the face is read here, and
 * the page says so; if this browser cannot after all, it says that before any picture is sent.
 * Imports the client's drive, the camera's sight and words, dom and words.
 */

import { Sight } from "../camera/sight.js";
import { cameraWords } from "../camera/words.js";
import { Drive } from "../sdk/drive.js";
import { find } from "../talk/dom.js";
import { say } from "./dom.js";
import { words } from "./strings.js";

/** @param {import("./tryout.js").TryOut} tryOut */
export function wireCamera(tryOut) {
  const drive = new Drive(tryOut.session);
  const video = find("camera-video", HTMLVideoElement);
  const mirror = find("mirror", HTMLInputElement);
  const toggle = find("camera-switch", HTMLButtonElement);
  const state = find("camera-state", HTMLElement);
  const sight = new Sight();
  let starting = true;

  const draw = () => {
    const off = drive.state === "off";
    document.body.dataset.driving = drive.state;
    document.body.dataset.readsHere = String(sight.here);
    say(find("camera-privacy", HTMLElement), cameraWords.privacy(sight.here));
    document.body.dataset.mirror = String(mirror.checked);
    toggle.textContent = off ? words.cameraOn : words.cameraOff;
    toggle.disabled = starting;
    mirror.disabled = !off;
    const ended = drive.reason && cameraWords.ended(drive.reason);
    const why = sight.failed ? cameraWords.cannotRead : ended;
    say(state, (off && why) || (cameraWords.states[drive.state] ?? words.cameraIsOff));
    say(
      find("camera-latency", HTMLElement),
      off || drive.latencyMs === null ? "" : cameraWords.behind(drive.latencyMs),
    );
    tryOut.setDriven(!off);
  };

  toggle.addEventListener("click", async () => {
    if (drive.state !== "off") {
      drive.stop();
      return;
    }
    starting = true;
    draw();
    const open = (await sight.open()) && (await tryOut.start(false));
    starting = false;
    if (open) await drive.start(video, { mirror: mirror.checked, look: sight.look });
    draw();
  });
  mirror.addEventListener("change", draw);
  drive.addEventListener("change", draw);
  draw();
  void sight.ask().then(() => {
    starting = false;
    draw();
  });
}
