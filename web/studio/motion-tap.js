/**
 * Listens along to the motion that a session receives, which the client itself hands to nobody but
 * its player. Imports the client's link.
 */

import { Link } from "../sdk/link.js";

/**
 * @param {ConstructorParameters<typeof Link>} about what the link is made of
 * @param {(packet: Uint8Array) => void} hear
 * @returns {Link}
 */
export function tappedLink(about, hear) {
  const Native = globalThis.RTCPeerConnection;
  // The link makes its connection while it is made itself, and at no other time.
  globalThis.RTCPeerConnection = class extends Native {
    /**
     * @param {string} label
     * @param {RTCDataChannelInit} [init]
     */
    createDataChannel(label, init) {
      const channel = super.createDataChannel(label, init);
      channel.addEventListener("message", ({ data }) => {
        if (label === "motion" && data instanceof ArrayBuffer) hear(new Uint8Array(data));
      });
      return channel;
    }
  };
  try {
    return new Link(...about);
  } finally {
    globalThis.RTCPeerConnection = Native;
  }
}
