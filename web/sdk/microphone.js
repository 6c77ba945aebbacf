/**
 * The person's microphone: permission, choice of device, mute. Imports nothing.
 */

/** @typedef {"off" | "asking" | "on" | "muted" | "refused" | "missing"} MicrophoneState */

const PROCESSING = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * Fires `change` when its state or its track changes. A muted microphone keeps its track, which
 * then carries silence, so that unmuting takes no time and no second permission.
 */
export class Microphone extends EventTarget {
  /** @type {MicrophoneState} */
  state = "off";
  /** Why there is none: a DOMException's name, `insecure` or `unplugged`. */
  reason = "";
  /** @type {MediaStreamTrack | null} */
  track = null;
  /** @type {string | null} */
  #deviceId = null;
  /** Whether the person wants to be heard; also holds while the permission is still asked for. */
  #wanted = true;
  /** Counts requests, so that an old one that is answered late changes nothing. */
  #request = 0;

  /** Asks for the microphone, or unmutes it. */
  async open() {
    this.#wanted = true;
    if (this.track) {
      this.track.enabled = true;
      this.#become("on");
      return;
    }
    if (this.state !== "asking") await this.#ask();
  }

  mute() {
    this.#wanted = false;
    if (!this.track) return;
    this.track.enabled = false;
    this.#become("muted");
  }

  /** @param {string} deviceId */
  async choose(deviceId) {
    this.#deviceId = deviceId;
    if (this.track) await this.#ask();
  }

  /** Lets go of the device. */
  close() {
    this.#request += 1;
    this.#release();
    this.#become("off");
  }

  async #ask() {
    const request = ++this.#request;
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#become("missing", globalThis.isSecureContext ? "unsupported" : "insecure");
      return;
    }
    if (!this.track) this.#become("asking");
    const device = this.#deviceId ? { deviceId: { exact: this.#deviceId } } : {};
    try {
      const media = await navigator.mediaDevices.getUserMedia({
        audio: { ...PROCESSING, ...device },
      });
      if (request === this.#request) this.#adopt(media.getAudioTracks()[0] ?? null);
      else for (const track of media.getTracks()) track.stop();
    } catch (error) {
      if (request === this.#request) this.#fail(error instanceof Error ? error.name : "");
    }
  }

  /** @param {MediaStreamTrack | null} track */
  #adopt(track) {
    this.#release();
    if (track === null) {
      this.#become("missing", "NotFoundError");
      return;
    }
    this.track = track;
    track.enabled = this.#wanted;
    track.addEventListener("ended", () => {
      if (this.track !== track) return;
      this.track = null;
      this.#become("missing", "unplugged");
    });
    this.#become(this.#wanted ? "on" : "muted");
  }

  /** @param {string} name of the exception */
  #fail(name) {
    this.#release();
    this.#become(name === "NotAllowedError" ? "refused" : "missing", name);
  }

  #release() {
    this.track?.stop();
    this.track = null;
  }

  /**
   * @param {MicrophoneState} state
   * @param {string} [reason]
   */
  #become(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * @returns {Promise<{microphones: MediaDeviceInfo[], speakers: MediaDeviceInfo[]}>} what can be
 *   chosen; names are empty until a microphone was allowed once
 */
export async function listDevices() {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return {
    microphones: all.filter(({ kind }) => kind === "audioinput"),
    speakers: all.filter(({ kind }) => kind === "audiooutput"),
  };
}
