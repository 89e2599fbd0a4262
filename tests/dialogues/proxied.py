"""A matter that was written down for a neighbour without a phone."""

import re

from storage.vocabulary import Role
from tests.dialogues import records
from tests.factories import World


def write_down(world: World) -> str:
    """The building head has written down what 刘奶奶 said; gives the code of the slip."""
    records.appoint(world, "赵敏", Role.BUILDING_HEAD, "e1-3")
    for said in ("代报 阳光小区3栋2单元501水管漏水 刘奶奶13800000021", "1"):
        world.say("zhaomin", said)
    code = re.search(r"查询码 (\d{4})", world.say("zhaomin", "1").text)
    assert code
    return code[1]
