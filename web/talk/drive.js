/**
 * Moving the face with one's own camera: the dialog that says what happens, one's own picture while
 * it does, and why it ended. Imports the client's drive, dom and strings.
 */

import { Drive } from "../sdk/drive.js";
import { find } from "./dom.js";
import { strings } from "./strings.js";

/** @typedef {import("../sdk/session.js").Session} Session */

/**
 * @param {Session} session
 * @returns {Drive}
 */
export function wireDrive(session) {
  const dialog = find("drive", HTMLDialogElement);
  const open = find("drive-button", HTMLButtonElement);
  const mirror = find("drive-mirror", HTMLInputElement);
  const video = find("drive-video", HTMLVideoElement);
  const view = find("drive-view", HTMLElement);
  const stop = find("drive-stop", HTMLButtonElement);
  const drive = new Drive(session);

  open.addEventListener("click", () => dialog.showModal());
  find("drive-close", HTMLButtonElement).addEventListener("click", () => dialog.close());
  find("drive-form", HTMLFormElement).addEventListener("submit", () => {
    view.dataset.mirror = String(mirror.checked);
    void drive.start(video, { mirror: mirror.checked });
  });
  dialog.addEventListener("close", () => {
    if (drive.state !== "off") stop.focus();
  });
  stop.addEventListener("click", () => drive.stop());

  const draw = () => {
    const off = drive.state === "off";
    const held = view.contains(document.activeElement);
    document.body.dataset.driving = drive.state;
    view.hidden = off;
    open.hidden = !off || session.connection.state !== "connected";
    if (off && held && !open.hidden) open.focus({ preventScroll: true });
    say("drive-state", strings.drive.states[drive.state]);
    say(
      "drive-latency",
      off || drive.latencyMs === null ? "" : strings.drive.delay(drive.latencyMs),
    );
  };
  drive.addEventListener("change", draw);
  drive.addEventListener("change", () => {
    if (drive.state !== "off") say("hint", "");
    else if (drive.reason !== "") say("hint", strings.drive.ended(drive.reason));
  });
  session.addEventListener("connection", draw);
  session.addEventListener("connection", () => {
    if (session.connection.state !== "connected") dialog.close();
  });
  draw();
  return drive;
}

/**
 * Writes where it changes something, so that nothing is announced twice.
 * @param {string} id
 * @param {string} words
 */
function say(id, words) {
  const element = find(id, HTMLElement);
  if (element.textContent !== words) element.textContent = words;
}
