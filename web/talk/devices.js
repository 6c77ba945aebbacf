/**
 * The dialog to choose microphone, speaker and how the face is shown. Imports dom and strings.
 */

import { canDraw } from "../sdk/drawn-face.js";
import { create, find } from "./dom.js";
import { strings } from "./strings.js";

/**
 * @param {import("../sdk/session.js").Session} session
 * @param {HTMLVideoElement} video plays the voice
 */
export function wireDevices(session, video) {
  const dialog = find("devices", HTMLDialogElement);
  const microphones = find("microphones", HTMLSelectElement);
  const speakers = find("speakers", HTMLSelectElement);
  const canChooseSpeaker = "setSinkId" in video;
  find("speakers-field", HTMLElement).hidden = !canChooseSpeaker;

  const fill = async () => {
    const devices = await session.devices();
    const current = session.inputTrack?.getSettings().deviceId ?? microphones.value;
    offer(microphones, devices.microphones, current);
    offer(speakers, devices.speakers, canChooseSpeaker ? video.sinkId : "");
    const named = devices.microphones.some(({ label }) => label !== "");
    find("devices-hint", HTMLElement).textContent = named ? "" : strings.devicesHint;
  };

  wirePresentation(session);
  find("devices-button", HTMLButtonElement).addEventListener("click", async () => {
    await fill();
    dialog.showModal();
  });
  navigator.mediaDevices?.addEventListener("devicechange", () => dialog.open && void fill());
  microphones.addEventListener("change", () => void session.chooseMicrophone(microphones.value));
  speakers.addEventListener("change", () => void video.setSinkId(speakers.value));
}

/** @param {import("../sdk/session.js").Session} session */
function wirePresentation(session) {
  const select = find("presentation", HTMLSelectElement);
  const hint = find("presentation-hint", HTMLElement);
  const names = /** @type {const} */ (["video", "motion", "audio", "text"]);
  const offered = names.filter((name) => name !== "motion" || canDraw());
  select.replaceChildren(
    ...offered.map((name) => {
      const option = create("option", { text: strings.presentations[name] });
      option.value = name;
      return option;
    }),
  );
  select.value = session.presentation;
  select.addEventListener("change", () => {
    const chosen = names.find((name) => name === select.value);
    if (chosen) session.present(chosen);
  });
  session.addEventListener("presentation", (message) => {
    const { presentation, reason } =
      /** @type {CustomEvent<import("../sdk/protocol.js").ServerEventOf<"presentation">>} */ (
        message
      ).detail;
    select.value = presentation;
    hint.textContent = strings.presentationReasons[reason] ?? "";
  });
}

/**
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} devices
 * @param {string} current id of the device in use
 */
function offer(select, devices, current) {
  const options = devices.map(({ deviceId, label }, index) => {
    const option = create("option", { text: label || strings.unnamedDevice(index + 1) });
    option.value = deviceId;
    option.selected = deviceId === current;
    return option;
  });
  if (options.length === 0) options.push(create("option", { text: strings.defaultDevice }));
  select.replaceChildren(...options);
}
