"""Hearing and voice: VAD, end of turn, recognition and voices, as livekit-agents plugins."""
