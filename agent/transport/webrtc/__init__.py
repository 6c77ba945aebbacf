"""Media to and from a browser over WebRTC: aiortc's connection with senders of our own."""

from agent.transport.webrtc.peer import WebRtcPeer

__all__ = ["WebRtcPeer"]
