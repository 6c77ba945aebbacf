/**
 * The camera that moves the face on the stage. Where the server offers it, the face is read here, and
 * the page says so; if this browser cannot after all, it says that before any picture is sent.
 * Imports the client's drive, the reader of faces, dom and words.
 */

import { Drive } from "../sdk/drive.js";
import { find } from "../talk/dom.js";
import { say } from "./dom.js";
import { FaceReader, isOffered } from "./face-reader.js";
import { words } from "./strings.js";

/** @param {import("./tryout.js").TryOut} tryOut */
export function wireCamera(tryOut) {
  const drive = new Drive(tryOut.session);
  const video = find("camera-video", HTMLVideoElement);
  const mirror = find("mirror", HTMLInputElement);
  const toggle = find("camera-switch", HTMLButtonElement);
  const state = find("camera-state", HTMLElement);
  let starting = true;
  let readsHere = false;
  let cannotRead = false;
  /** @type {FaceReader | null} */
  let reader = null;

  const draw = () => {
    const off = drive.state === "off";
    document.body.dataset.driving = drive.state;
    document.body.dataset.readsHere = String(readsHere);
    const { cameraReadHere, cameraReadThere } = words;
    say(find("camera-privacy", HTMLElement), readsHere ? cameraReadHere : cameraReadThere);
    document.body.dataset.mirror = String(mirror.checked);
    toggle.textContent = off ? words.cameraOn : words.cameraOff;
    toggle.disabled = starting;
    mirror.disabled = !off;
    const { cameraProblems: problems } = words;
    const reason = cannotRead ? "cannot_read" : drive.reason;
    const ended = reason && (problems[reason] ?? problems.internal ?? "");
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
    cannotRead = false;
    draw();
    if (readsHere) reader ??= await FaceReader.open();
    cannotRead = readsHere && reader === null;
    readsHere &&= reader !== null;
    const open = !cannotRead && (await tryOut.start(false));
    starting = false;
    if (open) await drive.start(video, { mirror: mirror.checked, look: reader?.look });
    draw();
  });
  mirror.addEventListener("change", draw);
  drive.addEventListener("change", draw);
  draw();
  void isOffered().then((offered) => {
    readsHere = offered;
    starting = false;
    draw();
  });
}
