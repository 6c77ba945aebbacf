/**
 * The camera that moves the face on the stage. Imports the client's drive, dom and words.
 */

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
  let starting = false;

  const draw = () => {
    const off = drive.state === "off";
    document.body.dataset.driving = drive.state;
    document.body.dataset.mirror = String(mirror.checked);
    toggle.textContent = off ? words.cameraOn : words.cameraOff;
    toggle.disabled = starting;
    mirror.disabled = !off;
    const { cameraProblems: problems } = words;
    const ended = drive.reason && (problems[drive.reason] ?? problems.internal ?? "");
    say(state, (off && ended) || (words.cameraStates[drive.state] ?? ""));
    say(
      find("camera-latency", HTMLElement),
      off || drive.latencyMs === null ? "" : words.behind(drive.latencyMs),
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
    const open = await tryOut.start(false);
    starting = false;
    if (open) await drive.start(video, { mirror: mirror.checked });
    draw();
  });
  mirror.addEventListener("change", draw);
  drive.addEventListener("change", draw);
  draw();
}
