/** Made by `make protocol` from `agent/events`; changes belong there. */

/** What all events share: the sender's running number and clock in milliseconds. */
export interface ServerEvent {
  id: number;
  at_ms: number;
}

/**
 * A word and the frames at which its sound begins and, where the voice tells, ends.
 */
export interface TimedWord {
  text: string;
  pts: number;
  end?: number | null;
}

/**
 * One layer's share of a turn, in milliseconds.
 */
export interface LayerShare {
  name: string;
  ms: number;
}

/**
 * First message; again when a client is back, or changed what it holds.
 *
 * `disclosure` must be shown: the face and voice are generated. A client that draws the face
 * itself gets it from `/v1/avatars/{avatar}.avatar`. `questions` can be suggested to the person,
 * in the persona's language. `variables`: what the session was given for those of the persona's
 * texts, by now; none from a server that has none.
 */
export interface HelloEvent extends ServerEvent {
  session: string;
  persona: string;
  name: string;
  avatar: string;
  greeting: string;
  disclosure: string;
  language: string;
  ice_servers: string[];
  questions?: string[] | null;
  variables?: Record<string, unknown> | null;
}

/**
 * The WebRTC answer. RTP timestamps of video count from `video_origin`, 3,600 a frame, those
 * of sound from `audio_origin`, 1,920 a frame; both modulo 2^32.
 */
export interface AnswerEvent extends ServerEvent {
  sdp: string;
  video_origin: number;
  audio_origin: number;
}

/**
 * What is shown from now on, and why: somebody `asked`, the client's `device`, the `network`
 * or the server's load forced it, or things `recovered`.
 */
export interface PresentationEvent extends ServerEvent {
  presentation: "video" | "motion" | "audio" | "text";
  reason: "asked" | "device" | "network" | "server_load" | "recovered";
}

/**
 * What the avatar is doing.
 */
export interface StateEvent extends ServerEvent {
  state: "idle" | "listening" | "thinking" | "speaking";
}

/**
 * What the person is understood to have said; replaced by later ones of the same turn.
 *
 * Empty where it is taken back: the person had not finished, and the next turn holds it too.
 *
 * `request`, here and below: the id of the `text` or `speak` that opened the turn.
 */
export interface UserTranscriptEvent extends ServerEvent {
  turn: number;
  text: string;
  final: boolean;
  request?: string | null;
}

/**
 * What the avatar says, as it becomes known; replaced by later ones of the same turn.
 *
 * Empty where nothing of it was or will be heard.
 *
 * After an interruption the final one holds only what was heard.
 */
export interface AgentTranscriptEvent extends ServerEvent {
  turn: number;
  text: string;
  final: boolean;
  interrupted?: boolean | null;
  request?: string | null;
}

/**
 * Words about to be said, for captions that follow the voice.
 */
export interface CaptionEvent extends ServerEvent {
  turn: number;
  words: TimedWord[];
}

/**
 * Asks for a `displayed` when the frame `pts` is on the screen.
 */
export interface WatchEvent extends ServerEvent {
  watch: number;
  pts: number;
  what: "first_frame" | "lips" | "rest";
}

/**
 * The record of a turn whose first lip movement was displayed; its layers add up to it.
 */
export interface TurnEvent extends ServerEvent {
  turn: number;
  voice_to_voice_ms?: number | null;
  layers: LayerShare[];
  clock_offset_ms?: number | null;
  clock_uncertainty_ms?: number | null;
  request?: string | null;
}

/**
 * A layer of a turn took longer than it may, or the whole did (`voice_to_voice`).
 */
export interface BudgetEvent extends ServerEvent {
  turn: number;
  layer: string;
  ms: number;
  budget_ms: number;
}

/**
 * What a camera that moves the face does: the person's rest is learnt, they are followed, or
 * no face has been visible for two seconds. On the camera's socket only.
 */
export interface DrivingEvent extends ServerEvent {
  state: "calibrating" | "following" | "searching";
}

/**
 * Answers a picture of the camera: whether it shows a face, and the frame `pts` on which that
 * shows first; none where the picture came too soon after another. On the camera's socket only.
 */
export interface SeenEvent extends ServerEvent {
  picture: number;
  face: boolean;
  pts?: number | null;
}

/**
 * The language model has the client run one of its tools; a `tool_result` is awaited.
 */
export interface ToolCallEvent extends ServerEvent {
  call: string;
  name: string;
  arguments: Record<string, unknown>;
}

/**
 * Answers a `ping`; `at_ms` is the server's clock.
 */
export interface PongEvent extends ServerEvent {
  ping: number;
}

/**
 * Something failed. The session goes on unless a `closing` follows.
 */
export interface ErrorEvent extends ServerEvent {
  code: string;
  message: string;
  retry_after?: number | null;
}

/**
 * The session ends now.
 */
export interface ClosingEvent extends ServerEvent {
  reason: "goodbye" | "lease_expired" | "server_stopping" | "error" | "replaced" | "avatar_deleted";
}
