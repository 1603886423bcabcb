"""What a request tells about who follows an advertisement."""

from flask import request, session

from hub.ads.visits import SESSION_KEY, Visit

#: Headers with which browsers say that nobody has clicked or looked yet.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def visit() -> Visit:
    """The visit that this request is."""
    purposes = " ".join(request.headers.get(name, "") for name in _AHEAD).lower()
    return Visit(
        viewer_id=str(session.get(SESSION_KEY, "")),
        user_agent=request.headers.get("User-Agent", ""),
        prefetching="prefetch" in purposes or "preview" in purposes,
    )
