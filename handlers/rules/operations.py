"""The names under which WeCom warns of an app that nobody uses, before it is switched off."""

IDLE = frozenset({"inactive_alert", "low_active_alert", "low_active", "close_inactive_agent"})
"""Events that an operator must act on: the app will be, or has been, disabled (PLATFORM.md B2)."""

REVIVED = frozenset({"reopen_inactive_agent", "active_restored"})
"""Events that end the warning."""
