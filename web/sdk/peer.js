/**
 * The WebRTC connection of a session: microphone out, voice and face in. Imports errors only.
 */

import { SessionError } from "./errors.js";

/** Milliseconds without a new candidate after which an offer leaves with those it has. */
const QUIET_MS = 20;
/** Longest wait for candidates: with and without servers that have to be asked. */
const GATHER_MS = { direct: 400, asked: 2_000 };

/**
 * Fires `connected`, `failed` and `motion` (detail: a packet's bytes). The microphone's track may come, go and change at any time:
 * its transceiver is negotiated from the start.
 */
export class MediaPeer extends EventTarget {
  /** What the server sends: its voice and its face. */
  stream = new MediaStream();
  #connection;
  #audio;
  #motion;

  /** @throws {SessionError} `unsupported` in a browser without WebRTC */
  constructor() {
    super();
    if (typeof RTCPeerConnection === "undefined") {
      throw new SessionError("unsupported", "this browser has no WebRTC");
    }
    this.#connection = new RTCPeerConnection();
    this.#audio = this.#connection.addTransceiver("audio", { direction: "sendrecv" });
    const video = this.#connection.addTransceiver("video", { direction: "recvonly" });
    for (const { receiver } of [this.#audio, video]) {
      this.stream.addTrack(receiver.track);
      if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = 0;
    }
    this.#motion = this.#connection.createDataChannel("motion", {
      ordered: false,
      maxRetransmits: 0,
    });
    this.#motion.binaryType = "arraybuffer";
    this.#motion.addEventListener("message", ({ data }) =>
      this.dispatchEvent(new CustomEvent("motion", { detail: new Uint8Array(data) })),
    );
    this.#connection.addEventListener("connectionstatechange", () => {
      const state = this.#connection.connectionState;
      if (state === "connected" || state === "failed") this.dispatchEvent(new Event(state));
    });
  }

  /**
   * @param {readonly string[]} [iceServers] addresses to ask for candidates beyond the own host's
   * @returns {Promise<string>} the SDP of the offer, with its candidates
   */
  async offer(iceServers = []) {
    const asked = iceServers.length > 0;
    if (asked) this.#connection.setConfiguration({ iceServers: [{ urls: [...iceServers] }] });
    const offer = await this.#connection.createOffer({ iceRestart: asked });
    await this.#connection.setLocalDescription(offer);
    await this.#gathered(asked);
    return this.#connection.localDescription?.sdp ?? "";
  }

  /** @param {string} sdp the server's answer */
  async accept(sdp) {
    try {
      await this.#connection.setRemoteDescription({ type: "answer", sdp });
    } catch (error) {
      throw new SessionError("media_failed", String(error));
    }
  }

  /** @param {MediaStreamTrack | null} track the microphone, or null for silence */
  async setMicrophone(track) {
    await this.#audio.sender.replaceTrack(track);
  }

  /** @returns {Promise<number>} loudness of the microphone now, 0 to 1 */
  async microphoneLevel() {
    const report = await this.#audio.sender.getStats();
    for (const entry of report.values()) {
      if (entry.type === "media-source") return entry.audioLevel ?? 0;
    }
    return 0;
  }

  /** What knows where the sound is. */
  get soundReceiver() {
    return this.#audio.receiver;
  }

  close() {
    this.#connection.close();
  }

  /**
   * Host candidates come within milliseconds; nothing else is waited for unless servers are asked.
   * @param {boolean} asked
   * @returns {Promise<void>}
   */
  #gathered(asked) {
    const connection = this.#connection;
    return new Promise((resolve) => {
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      let quiet;
      const limit = setTimeout(finish, asked ? GATHER_MS.asked : GATHER_MS.direct);
      const onCandidate = (/** @type {RTCPeerConnectionIceEvent} */ { candidate }) => {
        if (candidate === null) finish();
        if (asked) return;
        clearTimeout(quiet);
        quiet = setTimeout(finish, QUIET_MS);
      };
      function finish() {
        clearTimeout(quiet);
        clearTimeout(limit);
        connection.removeEventListener("icecandidate", onCandidate);
        resolve();
      }
      connection.addEventListener("icecandidate", onCandidate);
    });
  }
}
