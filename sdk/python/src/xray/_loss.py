"""What was recorded and did not arrive."""

from __future__ import annotations


class LossError(Exception):
    """Raised by flush and shutdown; says how many spans were not delivered, and why."""

    def __init__(
        self, *, delivered: int, dropped: int, failed: int, rejected: int, waiting: int, cause: BaseException | None
    ) -> None:
        self.delivered = delivered  # acknowledged by the server
        self.dropped = dropped  # the queue was full for longer than it may block
        self.failed = failed  # given up: the server refused the request, or stayed away
        self.rejected = rejected  # refused one by one (OTLP partial success)
        self.waiting = waiting  # still queued or under way when time was up
        lost = self.lost
        parts = [
            f"{n} {what}"
            for n, what in (
                (dropped, "dropped because the queue was full"),
                (failed, "given up"),
                (rejected, "rejected by the server"),
                (waiting, "still waiting when time was up"),
            )
            if n
        ]
        because = f": {cause}" if cause is not None else ""
        super().__init__(f"xray: {lost} of {lost + delivered} spans were not delivered: {', '.join(parts)}{because}")
        self.__cause__ = cause

    @property
    def lost(self) -> int:
        """The number of spans that were not delivered."""
        return self.dropped + self.failed + self.rejected + self.waiting
