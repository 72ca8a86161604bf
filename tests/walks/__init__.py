"""Somebody walks through the portal as people do, and what that takes them is counted."""
