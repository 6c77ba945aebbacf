/**
 * The dialog to choose microphone and speaker. Imports dom and strings.
 */

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

  find("devices-button", HTMLButtonElement).addEventListener("click", async () => {
    await fill();
    dialog.showModal();
  });
  navigator.mediaDevices?.addEventListener("devicechange", () => dialog.open && void fill());
  microphones.addEventListener("change", () => void session.chooseMicrophone(microphones.value));
  speakers.addEventListener("change", () => void video.setSinkId(speakers.value));
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
