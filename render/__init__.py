"""Audio in, motion and pictures out.

No network, no conversation, no web framework: usable alone.
"""
