/**
 * The client's public face; `index.d.ts` declares it. Imports the other parts of the client, and the
 * names of the player's channels.
 */

export { CHANNELS as MOTION_CHANNELS } from "../player/channels.js";
export { listPersonas } from "./api.js";
export { createSession, Session } from "./client.js";
export { SessionError } from "./errors.js";
export { offerTools } from "./tools.js";
