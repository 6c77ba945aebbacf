/** Made by `make protocol` from `agent/events`; changes belong there. See `protocol.js` for how a field is written. */

export const STRUCTURES = /** @type {const} */ ({
  "ToolDeclaration": {
    "name": "string",
    "description": "string",
    "parameters": "object"
  },
  "TimedWord": {
    "text": "string",
    "pts": "integer",
    "end": "integer?"
  },
  "LayerShare": {
    "name": "string",
    "ms": "number"
  }
});

/** What the client sends. */
export const CLIENT_EVENTS = /** @type {const} */ ({
  "offer": {
    "sdp": "string",
    "presentation": "video|motion|audio?",
    "can_draw": "boolean?"
  },
  "set_presentation": {
    "presentation": "video|motion|audio|text",
    "reason": "asked|device?"
  },
  "text": {
    "text": "string",
    "request": "string?"
  },
  "speak": {
    "text": "string",
    "request": "string?"
  },
  "interrupt": {},
  "set_speed": {
    "speed": "number"
  },
  "microphone": {
    "enabled": "boolean"
  },
  "push_to_talk": {
    "pressed": "boolean"
  },
  "ping": {},
  "displayed": {
    "watch": "integer",
    "pts": "integer",
    "clock_offset_ms": "number",
    "clock_uncertainty_ms": "number?"
  },
  "set_emotion": {
    "emotion": "neutral|happy|sad|surprised|concerned|thinking",
    "intensity": "number?"
  },
  "gesture": {
    "name": "nod|shake|wink|brows|tilt|tilt_left|tilt_right|brow_raise|wink_left|wink_right|look_left|look_right|look_up|look_down"
  },
  "look_at": {
    "x": "number",
    "y": "number",
    "seconds": "number?"
  },
  "set_variables": {
    "variables": "object"
  },
  "register_tools": {
    "tools": "ToolDeclaration[]"
  },
  "tool_result": {
    "call": "string",
    "result": "string?",
    "error": "string?"
  },
  "goodbye": {}
});

/** What the server sends. */
export const SERVER_EVENTS = /** @type {const} */ ({
  "hello": {
    "session": "string",
    "persona": "string",
    "name": "string",
    "avatar": "string",
    "greeting": "string",
    "disclosure": "string",
    "language": "string",
    "ice_servers": "string[]",
    "questions": "string[]?",
    "variables": "object?"
  },
  "answer": {
    "sdp": "string",
    "video_origin": "integer",
    "audio_origin": "integer"
  },
  "presentation": {
    "presentation": "video|motion|audio|text",
    "reason": "asked|device|network|server_load|recovered"
  },
  "state": {
    "state": "idle|listening|thinking|speaking"
  },
  "user_transcript": {
    "turn": "integer",
    "text": "string",
    "final": "boolean",
    "request": "string?"
  },
  "agent_transcript": {
    "turn": "integer",
    "text": "string",
    "final": "boolean",
    "interrupted": "boolean?",
    "request": "string?"
  },
  "caption": {
    "turn": "integer",
    "words": "TimedWord[]"
  },
  "watch": {
    "watch": "integer",
    "pts": "integer",
    "what": "first_frame|lips|rest"
  },
  "turn": {
    "turn": "integer",
    "voice_to_voice_ms": "number?",
    "layers": "LayerShare[]",
    "clock_offset_ms": "number?",
    "clock_uncertainty_ms": "number?",
    "request": "string?"
  },
  "budget": {
    "turn": "integer",
    "layer": "string",
    "ms": "number",
    "budget_ms": "number"
  },
  "driving": {
    "state": "calibrating|following|searching"
  },
  "seen": {
    "picture": "integer",
    "face": "boolean",
    "pts": "integer?"
  },
  "tool_call": {
    "call": "string",
    "name": "string",
    "arguments": "object"
  },
  "pong": {
    "ping": "integer"
  },
  "error": {
    "code": "string",
    "message": "string",
    "retry_after": "integer?"
  },
  "closing": {
    "reason": "goodbye|lease_expired|server_stopping|error|replaced|avatar_deleted"
  }
});

/** Characters, or numbers of entries, beyond which the server refuses an event. */
export const LIMITS = /** @type {const} */ ({
  "offer": {
    "sdp": {
      "max": 100000
    }
  },
  "text": {
    "text": {
      "min": 1,
      "max": 4000
    },
    "request": {
      "max": 64
    }
  },
  "speak": {
    "text": {
      "min": 1,
      "max": 4000
    },
    "request": {
      "max": 64
    }
  },
  "set_variables": {
    "variables": {
      "max": 32
    }
  }
});
