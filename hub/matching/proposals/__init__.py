"""Proposals: made by a run, a broker or a trader; consent of both sides."""
