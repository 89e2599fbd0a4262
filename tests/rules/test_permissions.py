"""The permission table, cell by cell, and how far a post reaches."""

from itertools import product

import pytest

from handlers.rules.permissions import GRANTS, Permission, Post, may, reaching, serving
from storage.vocabulary import OrganisationKind, Role

TABLE = """
                  report follow bind verify take dispatch handle proxy supervise approve
secretary         x      x      x    x      -    x        x      x     x         x
deputy            x      x      x    x      -    x        x      x     x         x
member            x      x      x    x      x    -        -      -     -         -
grid_worker       x      x      x    x      x    -        x      x     -         -
building_head     x      x      x    x      x    -        x      x     -         -
unit_steward      x      x      x    x      x    -        x      x     -         -
community_worker  x      x      x    x      -    x        x      x     x         x
street_worker     x      x      x    x      -    -        -      -     x         -
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = {
    (Role(row[0]), Permission(column)): mark == "x"
    for row in ROWS
    for column, mark in zip(HEAD, row[1:], strict=True)
}


def _post(role: Role, path: str = "/1/2/") -> Post:
    return Post(role, 2, path, OrganisationKind.BRANCH, "第一支部")


@pytest.mark.parametrize(("role", "permission"), CELLS, ids=[f"{r}-{p}" for r, p in CELLS])
def test_cell(role: Role, permission: Permission) -> None:
    assert may([_post(role)], permission) == CELLS[role, permission]


def test_the_table_names_every_role_and_permission() -> None:
    assert set(CELLS) == set(product(Role, Permission))
    assert set(GRANTS) == set(Role)


def test_rights_are_the_union_over_posts() -> None:
    posts = [_post(Role.MEMBER), _post(Role.SECRETARY, "/1/3/")]

    assert may(posts, Permission.TAKE)
    assert may(posts, Permission.DISPATCH)


@pytest.mark.parametrize(
    ("path", "reaches"),
    [("/1/2/", True), ("/1/2/9/", True), ("/1/", False), ("/1/3/", False), ("/1/22/", False)],
)
def test_a_secretary_reaches_down_from_the_post(path: str, *, reaches: bool) -> None:
    assert (reaching([_post(Role.SECRETARY)], Permission.DISPATCH, path) is not None) == reaches


@pytest.mark.parametrize(
    ("branch", "serves"),
    [("/1/2/", True), ("/1/", True), ("/1/2/9/", False), ("/1/3/", False)],
)
def test_a_member_serves_whatever_the_post_lies_in(branch: str, *, serves: bool) -> None:
    assert (serving([_post(Role.MEMBER)], branch) is not None) == serves


def test_the_closest_post_speaks() -> None:
    posts = [_post(Role.COMMUNITY_WORKER, "/1/"), _post(Role.SECRETARY, "/1/2/")]

    assert reaching(posts, Permission.DISPATCH, "/1/2/5/") == posts[1]
