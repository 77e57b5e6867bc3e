"""Signals reach every listener, in order, and leave those alone that have gone."""

from __future__ import annotations

from engine.graph.events import Signal


def test_listeners_hear_every_value_in_the_order_they_came() -> None:
    signal: Signal[int] = Signal()
    heard: list[tuple[str, int]] = []
    signal.emit(1)
    leave = signal.connect(lambda value: heard.append(("first", value)))
    signal.connect(lambda value: heard.append(("second", value)))
    signal.emit(2)
    leave()
    signal.emit(3)
    assert heard == [("first", 2), ("second", 2), ("second", 3)]


def test_a_listener_may_leave_and_another_may_come_while_they_are_called() -> None:
    signal: Signal[int] = Signal()
    heard: list[str] = []

    def once(value: int) -> None:
        heard.append(f"once {value}")
        leave()
        signal.connect(lambda later: heard.append(f"late {later}"))

    leave = signal.connect(once)
    signal.connect(lambda value: heard.append(f"always {value}"))
    signal.emit(1)
    signal.emit(2)
    assert heard == ["once 1", "always 1", "always 2", "late 2"]
