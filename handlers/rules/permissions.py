"""Who may do what: one table of rights by role, and the two directions in which a post reaches.

A dispatcher's post reaches down: everything below its organisation. A member's post reaches up:
whoever belongs somewhere below a branch serves that branch.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from storage.vocabulary import OrganisationKind, Role


class Permission(StrEnum):
    """A right that the table grants."""

    REPORT = "report"
    FOLLOW = "follow"
    BIND = "bind"
    VERIFY = "verify"
    TAKE = "take"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    PROXY = "proxy"
    SUPERVISE = "supervise"
    APPROVE = "approve"


EVERYONE = frozenset({Permission.REPORT, Permission.FOLLOW, Permission.BIND, Permission.VERIFY})
_MEMBER = frozenset({Permission.TAKE})
_STEWARD = _MEMBER | {Permission.HANDLE, Permission.PROXY}
_SECRETARY = frozenset(
    {
        Permission.DISPATCH,
        Permission.HANDLE,
        Permission.PROXY,
        Permission.SUPERVISE,
        Permission.APPROVE,
    }
)

GRANTS = MappingProxyType(
    {
        Role.SECRETARY: EVERYONE | _SECRETARY,
        Role.DEPUTY: EVERYONE | _SECRETARY,
        Role.COMMUNITY_WORKER: EVERYONE | _SECRETARY,
        Role.MEMBER: EVERYONE | _MEMBER,
        Role.GRID_WORKER: EVERYONE | _STEWARD,
        Role.BUILDING_HEAD: EVERYONE | _STEWARD,
        Role.UNIT_STEWARD: EVERYONE | _STEWARD,
        Role.STREET_WORKER: EVERYONE | {Permission.SUPERVISE},
    }
)

TAKERS = tuple(role for role, granted in GRANTS.items() if Permission.TAKE in granted)


@dataclass(frozen=True, slots=True)
class Post:
    """One running appointment: a role in an organisation, with its place in the tree."""

    role: Role
    organisation_id: int
    path: str
    kind: OrganisationKind
    name: str


def may(posts: Iterable[Post], permission: Permission) -> bool:
    """Say whether the union of a person's posts grants the right anywhere."""
    return permission in EVERYONE or any(permission in GRANTS[post.role] for post in posts)


def reaching(posts: Iterable[Post], permission: Permission, path: str) -> Post | None:
    """Find the closest post above ``path`` (or on it) that grants the right: a dispatcher's."""
    fitting = [
        post for post in posts if permission in GRANTS[post.role] and path.startswith(post.path)
    ]
    return max(fitting, key=lambda post: len(post.path), default=None)


def serving(posts: Iterable[Post], path: str) -> Post | None:
    """Find a post by which a member serves the branch at ``path``: it lies inside the branch."""
    fitting = [
        post
        for post in posts
        if Permission.TAKE in GRANTS[post.role] and post.path.startswith(path)
    ]
    return max(fitting, key=lambda post: len(post.path), default=None)
